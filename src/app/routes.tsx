// Every page's address. All pages but Home are loaded when first visited.
import type { ComponentType } from 'react';
import { Route, Routes } from 'react-router';
import { lazyPart } from '../components/lazy-part.tsx';
import { HomePage } from '../features/home/HomePage.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';

const page = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) =>
  lazyPart(async () => (await load())[name]);

const evaluation = () => import('../features/evaluation/pages.tsx');
const inspector = () => import('../features/inspector/pages.tsx');
const training = () => import('../features/training/pages.tsx');
const datasets = () => import('../features/datasets/pages.tsx');

const DatasetListPage = page(datasets, 'DatasetListPage');
const DatasetPage = page(datasets, 'DatasetPage');
const EvaluationListPage = page(evaluation, 'EvaluationListPage');
const EvaluationNewPage = page(evaluation, 'EvaluationNewPage');
const DomainMatrixPage = page(evaluation, 'DomainMatrixPage');
const EvaluationReportPage = page(evaluation, 'EvaluationReportPage');
const InspectPage = page(inspector, 'InspectPage');
const CasePage = page(inspector, 'CasePage');
const ReportPage = page(inspector, 'ReportPage');
const TrainListPage = page(training, 'TrainListPage');
const TrainNewPage = page(training, 'TrainNewPage');
const RunPage = page(training, 'RunPage');
const ComparePage = page(training, 'ComparePage');
const ModelsPage = page(() => import('../features/models/ModelsPage.tsx'), 'ModelsPage');
const DevicePage = page(() => import('../features/device/DevicePage.tsx'), 'DevicePage');
const HeldOutPage = page(() => import('../features/held-out/HeldOutPage.tsx'), 'HeldOutPage');
const QuizPage = page(() => import('../features/learn/QuizPage.tsx'), 'QuizPage');
const LearnPage = page(() => import('../features/learn/LearnPage.tsx'), 'LearnPage');
const SettingsPage = page(() => import('../features/settings/SettingsPage.tsx'), 'SettingsPage');

/** The route table; sample ids contain slashes and travel encoded. */
export function AppRoutes() {
  return (
    <Routes>
      <Route path="/" element={<HomePage />} />
      <Route path="/data" element={<DatasetListPage />} />
      <Route path="/data/:id" element={<DatasetPage />} />
      <Route path="/eval" element={<EvaluationListPage />} />
      <Route path="/eval/new" element={<EvaluationNewPage />} />
      <Route path="/eval/domains" element={<DomainMatrixPage />} />
      <Route path="/eval/:id" element={<EvaluationReportPage />} />
      <Route path="/inspect" element={<InspectPage />} />
      <Route path="/inspect/:dataset/:sample" element={<InspectPage />} />
      <Route path="/report/:dataset/:sample" element={<ReportPage />} />
      <Route path="/case" element={<CasePage />} />
      <Route path="/train" element={<TrainListPage />} />
      <Route path="/train/new" element={<TrainNewPage />} />
      <Route path="/run/:id" element={<RunPage />} />
      <Route path="/compare" element={<ComparePage />} />
      <Route path="/models" element={<ModelsPage />} />
      <Route path="/device" element={<DevicePage />} />
      <Route path="/settings" element={<SettingsPage />} />
      <Route path="/learn" element={<LearnPage />} />
      <Route path="/learn/quiz" element={<QuizPage />} />
      <Route path="/held-out" element={<HeldOutPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
