/** Address of a sample: its path inside the dataset travels encoded. */
export function inspectAddress(datasetId: string, sampleId: string, query = ''): string {
  const path = sampleId.startsWith(`${datasetId}/`) ? sampleId.slice(datasetId.length + 1) : sampleId;
  return `/inspect/${encodeURIComponent(datasetId)}/${encodeURIComponent(path)}${query}`;
}
