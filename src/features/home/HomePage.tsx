// The first page: three ways to start, what was done last, and whether this machine is ready.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { DropZone } from '../../components/DropZone.tsx';
import { FolderTree } from '../../components/FolderTree.tsx';
import { formatCount } from '../../components/format.ts';
import { Page, Panel } from '../../components/Page.tsx';
import { DatasetsStore, HELD_OUT_DOMAIN } from '../../state/datasets.ts';
import { useDemoData } from '../../state/use-demo-data.ts';
import { useImportDrop } from '../../state/use-import-drop.ts';
import { AnswerFigure } from './AnswerFigure.tsx';
import { DeviceSummary } from './DeviceSummary.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import styles from './HomePage.module.css';
import { RecentItems } from './RecentItems.tsx';
import { installedDemo, useDemo, useWarmModel } from './use-demo.ts';

/** `#/` */
export function HomePage() {
  return (
    <Page
      title="Judge an image, and judge the reasons"
      lead="A workbench for deepfake detectors that explain themselves. Inspect each paragraph of an answer, then train on those paragraphs with PRPO. Images, models and training stay in this browser."
    >
      <div className={styles.grid}>
        <RecentItems />
        <DemoCard />
        <FirstSteps />
        <FolderCard />
        <div className={styles.stack}>
          <AnswersCard />
          <TrainCard />
        </div>
        <DeviceSummary />
      </div>
    </Page>
  );
}

interface StartCardProps {
  title: string;
  text: ReactNode;
  children: ReactNode;
}

function StartCard({ title, text, children }: StartCardProps) {
  return (
    <Panel title={title}>
      <p className={styles.text}>{text}</p>
      {children}
    </Panel>
  );
}

function DemoCard() {
  const demo = DatasetsStore.use((state) => (installedDemo(state.datasets) ? null : state.demo));
  const tryDemo = useDemo();
  const warm = useWarmModel();
  return (
    <Panel className={styles.demo}>
      <div className={styles.demoText}>
        <h2>Try the demo</h2>
        <p className={styles.text}>
          Synthetic portraits and a tiny model, both built in. You get the first explained verdict within seconds and nothing is downloaded
          from elsewhere.
        </p>
        <Button
          size="sm"
          onClick={() => void tryDemo()}
          onPointerEnter={warm}
          onFocus={warm}
          disabled={demo !== null}
          data-testid="try-demo"
        >
          {demo ? drawingWords(demo) : 'Try the demo'}
        </Button>
      </div>
      <AnswerFigure />
    </Panel>
  );
}

function drawingWords({ done, total }: { done: number; total: number }): string {
  return total > 0 ? `Drawing images: ${formatCount(done)} of ${formatCount(total)}` : 'Starting…';
}

function FolderCard() {
  return (
    <StartCard
      title="Open your own images"
      text="Two folders named real and fake are enough; the whole DF-R5 layout is known too, one level too high or too low. You review everything before it is stored."
    >
      <DropZone {...useImportDrop()}>
        <FolderTree />
      </DropZone>
      <p className={styles.hint}>
        <Link to="/case">Private case</Link>: look at a few images without storing anything.
      </p>
    </StartCard>
  );
}

/** The shortest way to figures: one drop. */
function AnswersCard() {
  return (
    <StartCard
      title="Score an answers.jsonl"
      text="Drop what a model wrote elsewhere, with its question file if it has one: accuracy, F1 and AUC by domain with intervals, at once and without a model."
    >
      <DropZone label="Score answers" hook="answers-" {...useImportDrop()} />
    </StartCard>
  );
}

/** The paper's experiment in small: a built-in model that never saw one domain, and that domain's images without labels. */
function HeldOutLink() {
  return (
    <p className={styles.hint}>
      <Link to="/held-out">Held-out experiment</Link>: PRPO on the domain {HELD_OUT_DOMAIN}, which one built-in model never saw, without its
      labels, tested before and after. One click.
    </p>
  );
}

function TrainCard() {
  const navigate = useNavigate();
  const hasData = DatasetsStore.use((state) => state.datasets.length > 0);
  const demo = useDemoData();
  const trainOnDemo = async () => {
    const dataset = await demo.draw();
    if (dataset) void navigate(`/train/new?dataset=${encodeURIComponent(dataset.id)}`);
  };
  return (
    <StartCard
      title="Fine-tune with PRPO"
      text="Paragraph-level policy optimization rewards each reason that fits the picture, and a verdict that follows from the reasons. Curves and answers are live."
    >
      <div className={styles.actions}>
        {hasData ? (
          <Button variant="default" onClick={() => void navigate('/train/new')}>
            New training run
          </Button>
        ) : (
          <Button variant="default" onClick={() => void trainOnDemo()} disabled={demo.progress !== null} data-testid="train-on-demo">
            {demo.progress ? drawingWords(demo.progress) : 'Train on demo images'}
          </Button>
        )}
        <Link to="/learn">How one update works</Link>
      </div>
      <HeldOutLink />
    </StartCard>
  );
}
