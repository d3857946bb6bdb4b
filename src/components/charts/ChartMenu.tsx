// Saves a chart: as a picture for paper or as the page looks, or its raw points.
import { Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { toErrorRecord } from '../../shared/errors.ts';
import { fileNameOf, saveFile } from '../save-file.ts';
import type { ChartProps } from './plot-props.ts';
import { chartCsv } from './chart-csv.ts';
import type { PictureTheme } from './chart-picture.tsx';
import styles from './Chart.module.css';

/** `GRPO-on-demo-reward`: the page's title names the run; the share of a job before it and the app behind it do not count. */
function fileBase({ fileName, metric }: ChartProps): string {
  return fileNameOf(`${fileName ?? document.title.replace(/^\d+ % · | · [^·]*$/g, '')}-${metric}`, 'chart');
}

async function savePicture(chart: ChartProps, kind: 'svg' | 'png', theme: PictureTheme): Promise<void> {
  const { chartSvg, svgToPng } = await import('./chart-picture.tsx');
  const svg = await chartSvg(chart, theme);
  await saveFile(`${fileBase(chart)}.${kind}`, kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await svgToPng(svg));
}

const PICTURES: { label: string; kind: 'svg' | 'png'; theme: PictureTheme }[] = [
  { label: 'SVG, light', kind: 'svg', theme: 'light' },
  { label: 'SVG, as shown', kind: 'svg', theme: 'page' },
  { label: 'PNG, light', kind: 'png', theme: 'light' },
  { label: 'PNG, as shown', kind: 'png', theme: 'page' },
];

/** The menu beside the table switch. */
export function ChartMenu({ chart }: { chart: ChartProps }) {
  const [problem, setProblem] = useState<string | null>(null);
  const save = (work: Promise<void>) => {
    setProblem(null);
    work.catch((error: unknown) => setProblem(toErrorRecord(error).message));
  };
  const csv = () => saveFile(`${fileBase(chart)}.csv`, chartCsv(chart.series, chart.xName ?? 'step'), 'text/csv');
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <button
            type="button"
            className={styles.toggle}
            aria-label={`${chart.title}: save`}
            data-testid="chart-save"
            data-metric={chart.metric}
          >
            <IconDownload size={13} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {PICTURES.map(({ label, kind, theme }) => (
            <Menu.Item key={label} onClick={() => save(savePicture(chart, kind, theme))}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => save(csv())}>Data as CSV</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {problem ? (
        <span role="alert" className={styles.problem}>
          {problem}
        </span>
      ) : null}
    </>
  );
}
