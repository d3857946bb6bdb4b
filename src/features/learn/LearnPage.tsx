// One PRPO update in plain words, with a worked example that is computed here; then words, limits and error codes.
import '../../theme/mantine-forms.ts';
import { Link, useSearchParams } from 'react-router';
import { oneOf, type LinkRule } from '../../components/link-values.ts';
import { LinkNotes } from '../../components/LinkNotes.tsx';
import { METRIC_GROUPS } from '../../components/metric-notes.ts';
import { Page, Panel } from '../../components/Page.tsx';
import table from '../../components/Table.module.css';
import { TableHead } from '../../components/TableHead.tsx';
import { ERROR_CODES } from '../../shared/errors.ts';
import { ERROR_MEANINGS } from './error-codes.ts';
import { GLOSSARY } from './glossary.ts';
import { MetricList } from './MetricList.tsx';
import { SOURCES } from './sources.ts';
import styles from './LearnPage.module.css';
import { UpdateSteps } from './UpdateSteps.tsx';

const LINK_RULES: readonly LinkRule[] = [
  { parameter: 'code', what: 'the error code', isKnown: (value) => oneOf(ERROR_CODES, value) !== null, why: 'this app does not have' },
  {
    parameter: 'metric',
    what: 'the metric',
    isKnown: (value) => METRIC_GROUPS.some(({ notes }) => notes.some(({ name }) => name === value)),
    why: 'is none that a run here logs',
  },
];

/** `#/learn?code=E-NAN` */
export function LearnPage() {
  return (
    <Page
      title="Learn"
      lead="What one PRPO update does, in seven steps. Every number in the example is computed on this page by the same functions that training uses."
    >
      <LinkNotes rules={LINK_RULES} />
      <p>
        <Link to="/learn/quiz">Blind quiz</Link>: ten images, you against the model.
      </p>
      <UpdateSteps />
      <Limits />
      <Glossary />
      <MetricList />
      <Sources />
      <ErrorCodes />
    </Page>
  );
}

const LIMITS = [
  [
    'VCR is as good as its encoder.',
    'It asks an image-text encoder whether a phrase fits. Where that encoder is blind, a wrong claim is rewarded. It can also be gamed: VCR may rise while accuracy falls. Watch the probe accuracy.',
  ],
  [
    'Only the answer can lose PCR.',
    'A paragraph in the middle always gets 1. PCR ties the verdict to the reasons; it does not check the reasons.',
  ],
  [
    'The lexicon is a word list.',
    'It counts words such as "unnatural" or "pores" and turns them round after a negator. A paragraph without such words counts as real.',
  ],
  [
    'An answer without reasons passes.',
    'If the answer is the first paragraph, PCR is 1. A policy can learn that shortcut; the paragraph count shows it.',
  ],
  [
    'The tiny model is for learning the method.',
    'Its accuracy says nothing about the 7B model in the paper. The demo images are synthetic, so no figure here speaks about real generators.',
  ],
  ['A model estimate is not evidence by itself.', 'Report it with the threshold and the error rates on your own test set.'],
] as const;

function Limits() {
  return (
    <Panel title="Limits of the method">
      <dl className={styles.limits}>
        {LIMITS.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Glossary() {
  return (
    <Panel title="Words" aside="with their names in TRL and verl">
      <div className={table.scroll} role="region" aria-label="Words" tabIndex={0}>
        <table className={`${table.table} ${styles.words}`}>
          <TableHead columns={['word', 'meaning', 'TRL', 'verl, released code']} />
          <tbody>
            {GLOSSARY.map(({ term, meaning, trl, verl }) => (
              <tr key={term}>
                <th scope="row" className={styles.term}>
                  {term}
                </th>
                <td>{meaning}</td>
                <td>
                  <code>{trl}</code>
                </td>
                <td>
                  <code>{verl}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Sources() {
  return (
    <Panel title="Papers" aside="what the method and this page rest on">
      <dl className={styles.codes}>
        {SOURCES.map(({ subject, work, where, url }) => (
          <div key={work}>
            <dt>{subject}</dt>
            <dd>
              {work},{' '}
              {url ? (
                <a href={url} target="_blank" rel="noreferrer">
                  {where}
                </a>
              ) : (
                where
              )}
              .
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** All codes; the one in the address is marked and scrolled to. */
function ErrorCodes() {
  const [params] = useSearchParams();
  const asked = params.get('code');
  return (
    <Panel title="Error codes">
      <dl className={styles.codes}>
        {ERROR_CODES.map((code) => (
          <div key={code} ref={code === asked ? scrollToCentre : undefined} data-asked={code === asked || undefined}>
            <dt>
              <code>{code}</code>
            </dt>
            <dd>{ERROR_MEANINGS[code]}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function scrollToCentre(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'center' });
}
