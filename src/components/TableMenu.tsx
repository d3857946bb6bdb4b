// Takes a table out of the page: Markdown and LaTeX to the clipboard, CSV as a file.
import { Button, Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconChevronDown, IconTable } from '@tabler/icons-react';
import { tableCsv, tableLatex, tableMarkdown, type TextTable } from '../shared/formats/table-text.ts';
import { saveFile } from './save-file.ts';

export interface TableMenuProps {
  /** Made when it is asked for. */
  table: () => TextTable;
  /** Of the CSV, without ending. */
  fileName: string;
}

/** A small menu for the head of a panel. */
export function TableMenu({ table, fileName }: TableMenuProps) {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          data-testid="table-menu"
          leftSection={<IconTable size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {clipboard.copied ? 'Copied' : 'Table'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => clipboard.copy(tableMarkdown(table()))}>Copy as Markdown</Menu.Item>
        <Menu.Item onClick={() => clipboard.copy(tableLatex(table()))}>Copy as LaTeX</Menu.Item>
        <Menu.Item onClick={() => void saveFile(`${fileName}.csv`, tableCsv(table()), 'text/csv')}>Save as CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
