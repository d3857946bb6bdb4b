// G answers to one image, ranked by reward, with the advantages that training would give them.
import { Button } from '@mantine/core';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { formatDate, formatDuration, formatFigure, formatSigned } from '../../../components/format.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { oneOf } from '../../../components/link-values.ts';
import type { GroupAnswer } from '../../../shared/domain/answer.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { readingOfExplanation, TOKEN_MEASURES } from '../reading.ts';
import type { Answered, AskedWith, Reading } from '../reading.ts';
import { ReadingView } from '../ReadingView.tsx';
import { TokensTab } from './TokensTab.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { groupLinkRules, paragraphIn } from '../inspect-link.ts';
import { KeepNotice } from '../KeepNotice.tsx';
import type { InspectAddress } from '../use-address.ts';
import { GROUP_SIZE, type ModelGroup } from '../use-explanation.ts';
import styles from '../Inspector.module.css';

export interface GroupTabProps {
  asked: ModelGroup;
  address: InspectAddress;
  canRun: boolean;
  /** The image is in memory only. */
  isPrivate: boolean;
}

/** Answers paired with their index, best reward first. */
export function rankCompletions({ completions }: Pick<Answered, 'completions'>): { index: number; completion: GroupAnswer }[] {
  return completions
    .map((completion, index) => ({ index, completion }))
    .sort((a, b) => b.completion.reward - a.completion.reward || a.index - b.index);
}

/** Which side a figure is on as it is written; null where it rounds to 0. */
function signOf(value: number, digits: number): 'below' | 'above' | undefined {
  if (Math.abs(value) < 0.5 / 10 ** digits) return undefined;
  return value < 0 ? 'below' : 'above';
}

function GroupRow({
  index,
  rank,
  completion,
  isOpen,
  onToggle,
}: ReturnType<typeof rankCompletions>[number] & { rank: number; isOpen: boolean; onToggle: () => void }) {
  const { reward, advantage, predict, paragraphs, tokenCount } = completion;
  return (
    <tr data-open={isOpen || undefined}>
      <td>{rank}</td>
      <td>
        <button type="button" className={styles.rowButton} data-testid="group-answer" aria-expanded={isOpen} onClick={onToggle}>
          Answer {index + 1}
        </button>
      </td>
      <td>
        <LabelMark label={predict ?? 'unparsed'} />
      </td>
      <td>{formatFigure(reward)}</td>
      <td data-sign={signOf(advantage, 2)} className={styles.signedCell}>
        {formatSigned(advantage, 2)}
      </td>
      <td className={styles.advantages}>
        {paragraphs.map((paragraph) => (
          <span
            key={paragraph.index}
            data-sign={signOf(paragraph.advantage ?? 0, 1)}
            title={`${paragraph.keyword}: reward ${formatFigure(paragraph.reward)}`}
          >
            {formatSigned(paragraph.advantage, 1)}
          </span>
        ))}
      </td>
      <td>{tokenCount}</td>
    </tr>
  );
}

type Shown = 'paragraphs' | 'tokens';
const SHOWN: { value: Shown; label: string }[] = [
  { value: 'paragraphs', label: 'Paragraphs' },
  { value: 'tokens', label: 'Tokens' },
];

/** One answer of the group: its cards, or its tokens shaded by advantage. */
function OpenAnswer({ reading, name, address }: { reading: Reading; name: string; address: InspectAddress }) {
  const shown: Shown = address.read('as') === 'tokens' ? 'tokens' : 'paragraphs';
  const show = (next: Shown) => address.patch({ as: next === 'tokens' ? next : null });
  return (
    <section className={styles.tab} aria-label={name} data-testid="group-open">
      <Pills label={`Show ${name} as`} value={shown} onChange={show} options={SHOWN} />
      {shown === 'paragraphs' ? (
        <ReadingView reading={reading} />
      ) : (
        <TokensTab
          reading={reading}
          measure={oneOf(TOKEN_MEASURES, address.read('shade')) ?? 'advantage'}
          onMeasure={(shade) => address.patch({ shade })}
        />
      )}
    </section>
  );
}

interface RankingProps {
  group: Answered;
  askedWith: AskedWith;
  /** Where the answers come from, in words. */
  source: string;
  address: InspectAddress;
}

/** The open answer is part of the address, counted from 1. */
function Ranking({ group, askedWith, source, address }: RankingProps) {
  const open = paragraphIn(address.read('open'), group.completions.length);
  const found = open === null ? null : readingOfExplanation(group, askedWith, { index: open });
  const reading = found && { ...found, source };
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Answers of the group" tabIndex={0}>
        <table className={styles.groupTable}>
          <TableHead
            columns={['rank', 'answer', 'states', ...numberHeads('mean reward', 'advantage'), 'by paragraph', ...numberHeads('tokens')]}
          />
          <tbody>
            {rankCompletions(group).map((row, i) => (
              <GroupRow
                key={row.index}
                {...row}
                rank={i + 1}
                isOpen={open === row.index}
                onToggle={() => address.patch({ open: open === row.index ? null : String(row.index + 1) })}
              />
            ))}
          </tbody>
        </table>
      </div>
      {reading ? <OpenAnswer reading={reading} name={`Answer ${(open ?? 0) + 1}`} address={address} /> : null}
    </>
  );
}

/** The group view, with its own run button: it samples, so it differs from the greedy answer. */
export function GroupTab({ asked, address, canRun, isPrivate }: GroupTabProps) {
  const { state, group, request, askedAt, isReady, run } = asked;
  const isBusy = state?.phase === 'loading' || state?.phase === 'generating';
  return (
    <div className={styles.tab}>
      <p className={styles.facts}>
        Training samples several answers to one image and asks which paragraphs did better than the others. Here are {GROUP_SIZE}, at
        temperature 1, best mean reward first. A paragraph’s advantage is how many standard deviations its reward lies above or below the
        mean of all paragraphs of all {GROUP_SIZE}; an answer’s is the mean over its tokens.
      </p>
      {group ? (
        <p className={styles.facts} data-testid="group-made">
          {askedAt === null ? '' : `Sampled on ${formatDate(askedAt)}, `}seed {request.decoding.seed}, in {formatDuration(group.elapsedMs)}.{' '}
          {isPrivate
            ? 'They are in memory only, as the image.'
            : state?.keepError
              ? ''
              : 'They are kept in this browser, with their tokens.'}
        </p>
      ) : null}
      <Button data-testid="group-run" onClick={run} disabled={!canRun} loading={isBusy} variant={group ? 'default' : undefined}>
        {group ? 'Sample again' : `Sample ${GROUP_SIZE} answers`}
      </Button>
      <LinkNotes rules={groupLinkRules(isReady ? (group?.completions.length ?? 0) : null)} />
      {state?.error ? <ErrorNotice error={state.error} /> : null}
      <KeepNotice error={state?.keepError} what="This group" />
      {group ? <Ranking group={group} askedWith={request} source="sampled for this group" address={address} /> : null}
    </div>
  );
}
