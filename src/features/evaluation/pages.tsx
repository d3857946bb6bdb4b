// The pages of this feature, as app/routes.tsx loads them.
import '../../theme/mantine-forms.ts';

export { DomainMatrixPage } from './DomainMatrixPage.tsx';
export { EvaluationListPage } from './EvaluationListPage.tsx';
export { EvaluationNewPage } from './new/EvaluationNewPage.tsx';
export { EvaluationReportPage } from './report/EvaluationReportPage.tsx';
