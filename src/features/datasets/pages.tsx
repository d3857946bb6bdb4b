// The pages of this feature, as app/routes.tsx loads them.
import '../../theme/mantine-forms.ts';

export { DatasetListPage } from './DatasetListPage.tsx';
export { DatasetPage } from './DatasetPage.tsx';
