// The blind quiz: you say real or fake without seeing label or model; at the end both are compared with the labels.
import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FolderNotice } from '../../components/FolderNotice.tsx';
import { LabelMark } from '../../components/LabelMark.tsx';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import { useShown, type AsyncValue } from '../../components/use-async.ts';
import { useParameters } from '../../components/use-parameters.ts';
import { WorkingButton } from '../../components/WorkingButton.tsx';
import { DEFAULT_EVAL } from '../../shared/config/presets.ts';
import type { Label } from '../../shared/domain/sample.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import type { ExplainRequest } from '../../state/inspection-state.ts';
import { explanationKey } from '../../state/explanation-key.ts';
import { InspectionStore } from '../../state/inspection.ts';
import { QUIZ_KEYS } from '../../state/key-tables.ts';
import { chosenModel, ModelsStore } from '../../state/models.ts';
import { SamplesStore, type SampleRow } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { useFolderAccess } from '../../state/use-folder-access.ts';
import { useKeys } from '../../state/use-keys.ts';
import { describeScore, drawQuiz, keepRound, scoreQuiz, type QuizResult } from './quiz.ts';
import styles from './QuizPage.module.css';

const ROUND = 10;
const NO_ROWS: readonly SampleRow[] = [];

function request(modelId: string, sampleId: string): ExplainRequest {
  const { prompt, template, decoding, parser, reward } = DEFAULT_EVAL;
  return { modelId, sampleId, prompt, template, decoding, parser, reward, numGenerations: 1 };
}

/** The round of a dataset and a seed. */
function useRound(key: string, rows: readonly SampleRow[], seed: number): readonly string[] {
  const [round, setRound] = useState<{ key: string; ids: readonly string[] }>({ key, ids: [] });
  const fresh = useMemo(() => drawQuiz(rows, ROUND, seed), [rows, seed]);
  const begun = round.key === key ? round.ids : fresh;
  const ids = useMemo(() => keepRound(begun, fresh, rows, ROUND), [begun, fresh, rows]);
  if (round.key !== key || round.ids !== ids) setRound({ key, ids });
  return ids;
}

/** The dataset of the address, else the newest with images. */
function useQuizData() {
  const [params, change] = useParameters();
  const { datasets, phase } = DatasetsStore.use((state) => state);
  const samples = SamplesStore.use((state) => state);
  const usable = datasets.filter(({ counts }) => counts.some(({ label }) => label !== null));
  const dataset = usable.find(({ id }) => id === params.get('dataset')) ?? usable[0] ?? null;
  const id = dataset?.id ?? null;
  const { open } = samples;
  useEffect(() => {
    if (id) void open(id);
  }, [id, open]);
  const seed = Number(params.get('seed') ?? 1) || 1;
  const rows = samples.datasetId === id ? samples.rows : NO_ROWS;
  const ids = useRound(`${id}|${seed}`, rows, seed);
  const restart = (name: 'dataset' | 'seed', value: string) =>
    change((now) => {
      now.set(name, value);
      return now;
    });
  return {
    usable,
    dataset,
    seed,
    ids,
    rows,
    isLoading: phase === 'loading' || samples.phase === 'loading',
    restart,
  };
}

/** `#/learn/quiz?dataset=&seed=` */
export function QuizPage() {
  const { usable, dataset, seed, ids, rows, isLoading, restart } = useQuizData();
  const models = ModelsStore.use((state) => state.models);
  const chosen = SelectionStore.use((state) => state.modelId);
  const model = chosenModel(models, chosen) ?? null;
  const labels = new Map(rows.map(({ id, label }) => [id, label]));
  return (
    <Page
      title="Blind quiz"
      width="text"
      above={<Link to="/learn">Learn</Link>}
      lead={`${ROUND} images, no labels, no hints. You say real or fake; the model is asked the same. Then both are compared with the labels.`}
    >
      {usable.length > 1 ? (
        <label className={styles.choice}>
          Images of
          <select className={styles.select} value={dataset?.id ?? ''} onChange={(event) => restart('dataset', event.currentTarget.value)}>
            {usable.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {dataset && model && ids.length > 0 ? (
        <Round
          key={`${dataset.id}|${seed}|${ids.join()}`}
          ids={ids}
          labels={labels}
          modelId={model.id}
          modelName={model.name}
          datasetId={dataset.id}
          onAgain={() => restart('seed', String(seed + 1))}
        />
      ) : isLoading ? (
        <p>Looking for images…</p>
      ) : (
        <EmptyState title="No labelled images yet" actions={<Link to="/">Open the demo or drop a folder on Home</Link>}>
          The quiz needs images whose labels are known, so that guesses can be counted.
        </EmptyState>
      )}
      {dataset && model ? <ModelNotes tiny={model.tiny} synthetic={dataset.synthetic} /> : null}
    </Page>
  );
}

interface RoundProps {
  ids: readonly string[];
  labels: ReadonlyMap<string, Label | null>;
  modelId: string;
  modelName: string;
  datasetId: string;
  onAgain: () => void;
}

function Round({ ids, labels, modelId, modelName, datasetId, onAgain }: RoundProps) {
  const [guesses, setGuesses] = useState<Label[]>([]);
  const { explain, explanations } = InspectionStore.use((state) => state);
  const current = ids[guesses.length];
  const samples = SamplesStore.useApi();
  const access = useFolderAccess(datasetId);
  const picture = useShown(current ? `${current}|${access.version}` : null, async () => ({
    image: await samples.getState().readImage(current ?? ''),
  }));
  const guess = (label: Label) => {
    if (!current || !picture.value) return; // nobody judges what is not shown yet
    setGuesses([...guesses, label]);
    void explain(request(modelId, current)); // while the next image is looked at
  };
  useKeys(QUIZ_KEYS, { real: () => guess('real'), fake: () => guess('fake'), next: current ? undefined : onAgain });
  if (current) {
    return (
      <Panel title={`Image ${guesses.length + 1} of ${ids.length}`}>
        {picture.error ? <ErrorNotice error={picture.error} action={{ label: 'Another round', onClick: onAgain }} /> : null}
        {picture.error && access.blocked ? <FolderNotice folder={access.blocked.folder} onAllow={access.allow} /> : null}
        <Question picture={picture} number={guesses.length + 1} onGuess={guess} />
      </Panel>
    );
  }
  const states = ids.map((id) => explanations[explanationKey(request(modelId, id))]);
  const answered = states.filter((state) => state?.phase === 'done' || state?.phase === 'failed').length;
  if (answered < ids.length) {
    return (
      <p role="status">
        The model is still answering: {answered} of {ids.length}.
      </p>
    );
  }
  const results = ids.flatMap((id, i): QuizResult[] => {
    const [label, own, model] = [labels.get(id), guesses[i], states[i]?.result];
    return label && own && model ? [{ id, label, guess: own, model: model.readouts.predict }] : [];
  });
  return <Result results={results} missing={ids.length - results.length} modelName={modelName} datasetId={datasetId} onAgain={onAgain} />;
}

interface QuestionProps {
  picture: AsyncValue<{ url: string }>;
  number: number;
  onGuess: (label: Label) => void;
}

const GUESSES = [
  { label: 'real', words: 'Real (r)' },
  { label: 'fake', words: 'Fake (f)' },
] as const;

/** Both buttons are off until the picture is there; the end of a double click is no guess about the next one. */
function Question({ picture: { value, isLoading }, number, onGuess }: QuestionProps) {
  return (
    <div className={styles.question} data-testid="quiz-question" data-number={number}>
      {/* The name of the file would give the label away. */}
      {value ? <img src={value.url} alt={`Unlabelled, number ${number}`} /> : null}
      {isLoading ? <span className={styles.waiting}>Reading the image</span> : null}
      <div className={styles.buttons}>
        {GUESSES.map(({ label, words }) => (
          <WorkingButton
            key={label}
            size="md"
            variant="default"
            data-testid={`quiz-${label}`}
            isWorking={value === null}
            onClick={({ detail }) => {
              if (detail < 2) onGuess(label);
            }}
          >
            {words}
          </WorkingButton>
        ))}
      </div>
    </div>
  );
}

interface ResultProps {
  results: QuizResult[];
  missing: number;
  modelName: string;
  datasetId: string;
  onAgain: () => void;
}

function Result({ results, missing, modelName, datasetId, onAgain }: ResultProps) {
  const { human, model, agreed } = scoreQuiz(results);
  return (
    <Panel title="You and the model">
      <div
        className={styles.result}
        data-testid="quiz-result"
        data-human={human.right}
        data-model={model.right}
        data-count={results.length}
      >
        <p>
          <b>You</b>: {describeScore(human)}.
        </p>
        <p>
          <b>{modelName}</b>: {describeScore(model)}.
        </p>
        <p>
          Both said the same about {agreed} of {results.length}. With so few images the intervals are wide: only a large difference means
          anything.
          {missing > 0 ? ` ${missing} images are left out, because the model failed on them.` : ''}
        </p>
        <table className={styles.table}>
          <TableHead columns={['image', 'label', 'you', 'model']} />
          <tbody>
            {results.map(({ id, label, guess, model: said }, i) => (
              <tr key={id}>
                <th scope="row">
                  <Link to={`/inspect/${encodeURIComponent(datasetId)}/${encodeURIComponent(id.slice(datasetId.length + 1))}`}>
                    {i + 1}
                  </Link>
                </th>
                <td>
                  <LabelMark label={label} />
                </td>
                <td>
                  <LabelMark label={guess} /> {guess === label ? '' : 'differs'}
                </td>
                <td>
                  <LabelMark label={said ?? 'unparsed'} /> {said === label ? '' : 'differs'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Button onClick={onAgain}>Another round (n)</Button>
      </div>
    </Panel>
  );
}
