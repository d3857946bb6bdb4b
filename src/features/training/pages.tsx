// The pages of this feature, as app/routes.tsx loads them.
import '../../theme/mantine-forms.ts';

export { ComparePage } from './compare/ComparePage.tsx';
export { RunPage } from './run/RunPage.tsx';
export { TrainListPage } from './TrainListPage.tsx';
export { TrainNewPage } from './new/TrainNewPage.tsx';
