// The whole page over invented records and a pretended engine, for screenshots and accessibility checks. Never shipped.
import '../../../src/theme/tokens.css';
import '../../../src/theme/base.css';
import '../../../src/theme/mantine-shell.ts';
import '../../../src/theme/mantine.css';
import { createRoot } from 'react-dom/client';
import { App } from '../../../src/app/App.tsx';
import { start } from '../../../src/app/start.ts';
import { createDataClient } from '../../../src/client/data-client.ts';
import { openDatabase } from '../../../src/shared/storage/database.ts';
import { getEval } from '../../../src/shared/storage/evals.ts';
import { createEngineStore } from '../../../src/state/engine.ts';
import { createEvaluationStore } from '../../../src/state/evaluation.ts';
import { createInspectionStore } from '../../../src/state/inspection.ts';
import { createModelsStore } from '../../../src/state/models.ts';
import { createRunStore } from '../../../src/state/run.ts';
import { createFakeEngineClient } from '../../support/fake-client.ts';
import { fakeEngineHandlers } from './fake-engine.ts';
import { seedDatabase } from './seed.ts';

const MODELS = {
  models: [{ id: 'dx-llava-nano', name: 'dx-llava-nano', kind: 'built-in', files: ['model.safetensors'], sizeBytes: 41_000_000 }],
};

async function run(): Promise<void> {
  const db = await openDatabase();
  if (!(await getEval(db, 'eval-done'))) await seedDatabase(db);
  const database = () => Promise.resolve(db);
  const pace = Number(new URLSearchParams(location.search).get('pace') ?? 400);
  const engine = createFakeEngineClient(fakeEngineHandlers(database, pace)).calls;
  const stores = start();
  const deps = { engine, database, jobs: stores.jobs, notices: stores.notices, codeVersion: '0.1.0' };
  const models = createModelsStore(database, () => Promise.resolve(MODELS));
  void models.getState().refresh();
  const faked = {
    ...stores,
    models,
    engine: createEngineStore(engine),
    evaluation: createEvaluationStore(deps),
    run: createRunStore(deps),
    inspection: createInspectionStore({
      ...deps,
      pictures: createDataClient().calls,
      unstoredImage: stores.privateCase.getState().imageOf,
    }),
  };
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<App stores={faked} />);
  document.documentElement.dataset['ready'] = 'true';
}

void run();
