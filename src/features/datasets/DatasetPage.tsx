import { Tabs } from '@mantine/core';
import { useEffect } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { currentAddress } from '../../components/address.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { LinkNotes } from '../../components/LinkNotes.tsx';
import { FolderNotice } from '../../components/FolderNotice.tsx';
import { formatBytes, formatHash, formatPlural } from '../../components/format.ts';
import { oneOf, type LinkRule } from '../../components/link-values.ts';
import { Page } from '../../components/Page.tsx';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { SamplesStore } from '../../state/samples.ts';
import { useFolderAccess } from '../../state/use-folder-access.ts';
import { BrowseTab } from './browse/BrowseTab.tsx';
import { PICTURE_WORDS } from './DatasetCard.tsx';
import styles from './DatasetPage.module.css';
import { ExportMenu } from './ExportMenu.tsx';
import { withParameter } from './browse/filter.ts';
import { HealthTab } from './health/HealthTab.tsx';
import { countProblems } from './problems.ts';
import { SplitsTab } from './splits/SplitsTab.tsx';
import { TextTab } from './health/TextTab.tsx';

/** `#/data/:id?domain=&split=&label=&predicted=&correct=&tag=&q=&sort=&tab=&sample=` */
export function DatasetPage() {
  const { id = '' } = useParams();
  const needs = useSearchParams()[0].get('needs');
  const store = SamplesStore.useApi();
  const dataset = SamplesStore.use((state) => (state.datasetId === id ? state.dataset : null));
  const phase = SamplesStore.use((state) => (state.datasetId === id ? state.phase : 'loading'));
  const error = SamplesStore.use((state) => (state.datasetId === id ? state.error : null));
  useEffect(() => {
    void store.getState().open(id, needs);
  }, [store, id, needs]);

  const { blocked, allow } = useFolderAccess(dataset?.id ?? null);
  return (
    <Page
      title={dataset?.name ?? (phase === 'failed' ? 'Dataset not found' : 'Dataset')}
      width="full"
      above={<Link to="/data">Data</Link>}
      lead={dataset ? <Facts dataset={dataset} /> : null}
      actions={dataset ? <ExportMenu dataset={dataset} /> : null}
    >
      {error ? <ErrorNotice error={error} action={{ label: 'Try again', onClick: () => void store.getState().open(id, needs) }} /> : null}
      {phase === 'loading' ? <p className={styles.quiet}>Reading the index of this dataset…</p> : null}
      {blocked ? <FolderNotice folder={blocked.folder} onAllow={allow} /> : null}
      {dataset && phase === 'ready' ? <DatasetTabs dataset={dataset} /> : null}
    </Page>
  );
}

function Facts({ dataset }: { dataset: DatasetRecord }) {
  const { imageCount, annotationCount, sizeBytes, contentHash, synthetic, state, pictures } = dataset;
  const parts = [
    formatPlural(imageCount, 'image'),
    formatPlural(annotationCount, 'annotation'),
    formatBytes(sizeBytes),
    ...(pictures ? [PICTURE_WORDS[pictures]] : []),
    ...(contentHash ? [`content ${formatHash(contentHash)}`] : []),
    ...(synthetic ? ['synthetic: drawn by a program'] : []),
    ...(state === 'partial' ? ['the import was stopped; what is here is whole'] : []),
    ...(state === 'importing' ? ['the import has not finished'] : []),
  ];
  return <p>{parts.join(' · ')}</p>;
}

const TABS = ['browse', 'health', 'splits', 'text'] as const;
const TAB_RULES: readonly LinkRule[] = [
  { parameter: 'tab', what: 'the tab', isKnown: (value) => oneOf(TABS, value) !== null, instead: 'Browse' },
];

function DatasetTabs({ dataset }: { dataset: DatasetRecord }) {
  const [params, setParams] = useSearchParams();
  const tab = oneOf(TABS, params.get('tab')) ?? 'browse';
  const problems = countProblems(dataset.summary?.problems ?? []);
  const choose = (next: string | null) => setParams(withParameter(currentAddress().params, 'tab', next === 'browse' ? '' : (next ?? '')));
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false}>
      <LinkNotes rules={TAB_RULES} />
      <Tabs.List className={styles.tabs}>
        <Tabs.Tab value="browse">Browse</Tabs.Tab>
        <Tabs.Tab value="health">Health{problems > 0 ? ` (${problems})` : ''}</Tabs.Tab>
        <Tabs.Tab value="splits">Splits</Tabs.Tab>
        <Tabs.Tab value="text">Text statistics</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="browse">
        <BrowseTab datasetId={dataset.id} />
      </Tabs.Panel>
      <Tabs.Panel value="health">
        <HealthTab dataset={dataset} />
      </Tabs.Panel>
      <Tabs.Panel value="splits">
        <SplitsTab dataset={dataset} />
      </Tabs.Panel>
      <Tabs.Panel value="text">
        <TextTab dataset={dataset} />
      </Tabs.Panel>
    </Tabs>
  );
}
