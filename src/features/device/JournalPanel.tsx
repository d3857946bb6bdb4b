// The action log: for evidence work, and for "what happened here?".
import { Button, Select, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatCount, formatPlural } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import { saveFile } from '../../components/save-file.ts';
import { useParameters } from '../../components/use-parameters.ts';
import { useSettled } from '../../components/use-settled.ts';
import { JournalStore, topicOf } from '../../state/journal.ts';
import styles from './DevicePage.module.css';

const PAGE_SIZE = 50;
const EVERYTHING = 'everything';

/** `2026-11-23 14:05:09`, in local time. */
function stamp(timestamp: number): string {
  return new Date(timestamp).toLocaleString('sv');
}

/** Topic and words of the filter, kept in the address as `about` and `words`. */
function useFilter() {
  const [params, change] = useParameters();
  const put = (name: 'about' | 'words', value: string) =>
    change((now) => {
      if (value === '') now.delete(name);
      else now.set(name, value);
      return now;
    });
  return {
    topic: params.get('about') ?? EVERYTHING,
    words: params.get('words') ?? '',
    setTopic: (topic: string) => put('about', topic === EVERYTHING ? '' : topic),
    setWords: (words: string) => put('words', words),
  };
}

/** Filter, list and export. */
export function JournalPanel() {
  const entries = JournalStore.use((state) => state.entries);
  const error = JournalStore.use((state) => state.error);
  const journal = JournalStore.useApi();
  const { topic, words: settled, setTopic, setWords } = useFilter();
  const { shown: words, move } = useSettled(settled, setWords);
  const [shown, setShown] = useState(PAGE_SIZE);
  useEffect(() => void journal.getState().refresh(), [journal]);
  const all = entries ?? [];
  const topics = [...new Set(all.map(topicOf))].sort();
  const found = all.filter(
    (entry) =>
      (topic === EVERYTHING || topicOf(entry) === topic) && `${entry.action} ${entry.detail}`.toLowerCase().includes(words.toLowerCase()),
  );
  const lines = () => [...found].reverse().map(({ timestamp, action, detail }) => `${JSON.stringify({ time: new Date(timestamp).toISOString(), action, detail })}\n`).join(''); // prettier-ignore
  return (
    <Panel
      title="Action log"
      aside={
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={found.length === 0}
          onClick={() => void saveFile('prpo-workbench-log.jsonl', lines(), 'application/jsonl')}
          data-testid="journal-export"
        >
          Export as JSON lines
        </Button>
      }
    >
      <p className={styles.quiet}>What was done to the data in this browser, in order: names and counts, never what is inside a file.</p>
      {error ? <ErrorNotice error={error} action={{ label: 'Read it again', onClick: () => void journal.getState().refresh() }} /> : null}
      {entries === null && !error ? <p className={styles.quiet}>Reading the log…</p> : null}
      {entries?.length === 0 ? <p className={styles.quiet}>Nothing was done yet.</p> : null}
      {all.length > 0 ? (
        <>
          <div className={styles.journalTools}>
            <Select
              label="About"
              allowDeselect={false}
              data={[EVERYTHING, ...new Set([...topics, ...(topic === EVERYTHING ? [] : [topic])])]}
              value={topic}
              onChange={(value) => setTopic(value ?? EVERYTHING)}
              data-testid="journal-topic"
            />
            <TextInput
              label="With the words"
              value={words}
              onChange={(event) => move(event.currentTarget.value)}
              data-testid="journal-words"
            />
            <p className={styles.quiet} role="status">
              {formatPlural(found.length, 'entry', 'entries')}
              {found.length < all.length ? ` of ${formatCount(all.length)}` : ''}
            </p>
          </div>
          <ol className={styles.journal} data-testid="journal" data-entries={found.length}>
            {found.slice(0, shown).map(({ timestamp, action, detail }, index) => (
              <li key={found.length - index} data-action={action}>
                <time dateTime={new Date(timestamp).toISOString()}>{stamp(timestamp)}</time>
                <span>{action}</span>
                <span>{detail}</span>
              </li>
            ))}
          </ol>
          {found.length > shown ? (
            <Button variant="subtle" onClick={() => setShown(shown + 4 * PAGE_SIZE)}>
              Show more
            </Button>
          ) : null}
        </>
      ) : null}
    </Panel>
  );
}
