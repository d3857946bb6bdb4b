// Entry of the import dialog's chunk, as the shell loads it.
import '@mantine/core/styles/Input.layer.css';

export { ImportDialog } from './ImportDialog.tsx';
