// Blind pairwise preference between two evaluations: two answers to the same image side by side, nobody knows whose; what was found
// better is counted with its interval and a sign test.
import { Button, Modal } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatCount, formatP, formatPercent, formatPlural } from '../../../components/format.ts';
import { intervalText } from '../../../components/interval-words.ts';
import { Reasoning } from '../../../components/Reasoning.tsx';
import type { EvalRecord, Preference } from '../../../shared/domain/run.ts';
import { preferencesBetween, preferenceTally, readingPairs, type ReadingPair } from '../../../shared/metrics/preference.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import type { ReportAnswer } from './report.ts';
import { StoredPicture } from './StoredPicture.tsx';
import styles from '../Evaluation.module.css';

type Pair = ReadingPair<ReportAnswer>;

interface SideProps {
  name: 'A' | 'B';
  text: string;
}

function Side({ name, text }: SideProps) {
  return (
    <section className={styles.side} aria-label={`Answer ${name}`}>
      <h3>Answer {name}</h3>
      <Reasoning text={text} />
    </section>
  );
}

interface PairDialogProps {
  pair: Pair | undefined;
  judged: number;
  total: number;
  onJudge: (better: Preference['better']) => void;
  onSkip: () => void;
  onClose: () => void;
}

/** One pair after the other; the buttons stay where they are, so that a key pressed again goes on. */
function PairDialog({ pair, judged, total, onJudge, onSkip, onClose }: PairDialogProps) {
  const [first, second] = pair?.isSwapped ? (['there', 'here'] as const) : (['here', 'there'] as const);
  return (
    <Modal opened onClose={onClose} title="Which reasoning is better?" size={980}>
      <div className={styles.stack} data-testid="preference-pair" data-judged={judged} data-total={total}>
        {pair ? (
          <>
            <p className={styles.muted}>
              {formatCount(judged)} of {formatPlural(total, 'pair')} judged. Judge the reasons, not the verdict; whose answer is whose is
              drawn by chance and not shown.
            </p>
            <StoredPicture key={pair.here.sampleId} sampleId={pair.here.sampleId} alt="The picture that both answers are about" />
            <div className={styles.sides}>
              <Side name="A" text={pair[first].text} />
              <Side name="B" text={pair[second].text} />
            </div>
            <div className={styles.tools}>
              <Button data-testid="preference-a" onClick={() => onJudge(first)}>
                A is better
              </Button>
              <Button data-testid="preference-tie" variant="default" onClick={() => onJudge('tie')}>
                Equally good
              </Button>
              <Button data-testid="preference-b" onClick={() => onJudge(second)}>
                B is better
              </Button>
              <Button variant="subtle" onClick={onSkip}>
                Skip
              </Button>
            </div>
          </>
        ) : (
          <p>All {formatPlural(total, 'pair')} are judged or skipped. The result stands below the comparison.</p>
        )}
      </div>
    </Modal>
  );
}

function Result({ preferences, other }: { preferences: ReadonlyMap<string, Preference>; other: EvalRecord }) {
  const { here, there, tie, interval, p } = preferenceTally(preferences.values());
  const decided = here + there;
  return (
    <p data-testid="preference-result" data-here={here} data-there={there} data-tie={tie} data-p={p}>
      <b>
        {formatCount(here)} to {formatCount(there)}
      </b>{' '}
      for this one against “{other.name}”, {formatPlural(tie, 'tie')}.{' '}
      {decided > 0
        ? `Preferred in ${formatPercent(here / decided)} of ${formatPlural(decided, 'decided pair')} (95 % interval ${intervalText(interval, true)}, Wilson); sign test, exact and two-sided, ${formatP(p)}.`
        : 'No pair is decided yet.'}{' '}
      One reader’s judgement.
    </p>
  );
}

interface PreferenceSectionProps {
  record: EvalRecord;
  other: EvalRecord;
  answers: readonly ReportAnswer[];
  otherAnswers: readonly ReportAnswer[];
}

/** Under the paired tests; nothing is stored until a pair is judged. */
export function PreferenceSection({ record, other, answers, otherAnswers }: PreferenceSectionProps) {
  const { prefer } = EvaluationStore.useApi().getState();
  const [isOpen, setIsOpen] = useState(false);
  const [skipped, setSkipped] = useState<ReadonlySet<string>>(new Set());
  const key = [record.id, other.id].sort((a, b) => (a < b ? -1 : 1)).join('|');
  const pairs = useMemo(() => readingPairs(answers, otherAnswers, key), [answers, otherAnswers, key]);
  const preferences = useMemo(() => preferencesBetween(record, other), [record, other]);
  const next = pairs.find(({ here }) => !preferences.has(here.sampleId) && !skipped.has(here.sampleId));
  const close = () => {
    setIsOpen(false);
    setSkipped(new Set());
  };
  if (pairs.length === 0) return <p className={styles.muted}>Both wrote the same to every shared image: there is nothing to prefer.</p>;
  return (
    <section className={styles.stack} aria-label="Blind preference">
      {preferences.size > 0 ? <Result preferences={preferences} other={other} /> : null}
      <div className={styles.tools}>
        <Button variant="default" data-testid="preference-open" onClick={() => setIsOpen(true)}>
          {preferences.size > 0 ? 'Judge more answers blind' : 'Judge their answers blind'}
        </Button>
        <span className={styles.muted}>
          {formatPlural(pairs.length, 'image')} with two different texts, in random order, sides drawn by chance.
        </span>
      </div>
      {isOpen ? (
        <PairDialog
          pair={next}
          judged={preferences.size}
          total={pairs.length}
          onJudge={(better) =>
            next ? void prefer(record.id, { otherId: other.id, sampleId: next.here.sampleId, better, at: Date.now() }) : undefined
          }
          onSkip={() => (next ? setSkipped(new Set([...skipped, next.here.sampleId])) : undefined)}
          onClose={close}
        />
      ) : null}
    </section>
  );
}
