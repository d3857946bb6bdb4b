// Addresses of the inspector's pages.
import { PRIVATE_CASE_ID } from '../../state/private-case.ts';

/** A sample's path inside the dataset, encoded for an address. */
function encodedPath(datasetId: string, sampleId: string): string {
  const path = sampleId.startsWith(`${datasetId}/`) ? sampleId.slice(datasetId.length + 1) : sampleId;
  return `${encodeURIComponent(datasetId)}/${encodeURIComponent(path)}`;
}

/** Address of a sample. */
export function inspectAddress(datasetId: string, sampleId: string, query = ''): string {
  return `/inspect/${encodedPath(datasetId, sampleId)}${query}`;
}

/** Address of the printable report on a sample. @param answer which of the answers it is about, as in the inspector's address */
export function reportAddress(
  datasetId: string,
  sampleId: string,
  modelId: string | null,
  answer: Record<string, string | null> = {},
): string {
  const given = Object.entries({ model: modelId, ...answer }).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return `/report/${encodedPath(datasetId, sampleId)}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}

/** Where the dataset of a sample is shown. */
export function datasetAddress(datasetId: string): string {
  return datasetId === PRIVATE_CASE_ID ? '/case' : `/data/${encodeURIComponent(datasetId)}`;
}

/** What a link says of the dataset that it needs, so that a browser without it can say so. */
export function datasetNeed({ name, contentHash }: { name: string; contentHash: string }): string {
  return contentHash ? `${name} (sha ${contentHash.slice(0, 8)})` : name;
}
