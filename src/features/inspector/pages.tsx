// The pages of this feature, as app/routes.tsx loads them.
import '../../theme/mantine-forms.ts';

export { InspectPage } from './InspectPage.tsx';
export { CasePage } from './CasePage.tsx';
export { ReportPage } from './report/ReportPage.tsx';
