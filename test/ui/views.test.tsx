// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ErrorNotice } from '../../src/components/ErrorNotice.tsx';
import { walkDrop, walkFolder, walkInput } from '../../src/components/drop-entries.ts';
import { DropZone } from '../../src/components/DropZone.tsx';
import { describeEngine } from '../../src/components/engine-words.ts';
import { formatBytes, formatDuration, formatPercent, formatPlural } from '../../src/components/format.ts';
import { ModelSelect } from '../../src/components/ModelSelect.tsx';
import { Reasoning } from '../../src/components/Reasoning.tsx';
import { isForeign } from '../../src/shared/foreign-requests.ts';
import { matchesQuery } from '../../src/app/palette-query.ts';
import { DatasetCard } from '../../src/features/datasets/DatasetCard.tsx';
import { ImportReviewPanel } from '../../src/features/datasets/import/ImportReviewPanel.tsx';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { DataApi, ImportReview } from '../../src/shared/data-api.ts';
import { createImportsStore, ImportsStore } from '../../src/state/imports.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createFakeClient } from '../support/fake-client.ts';
import { render } from './render.tsx';

describe('an error notice', () => {
  it('says what happened, what is safe and what to do, and carries its code', async () => {
    const onClick = vi.fn();
    const error = { code: 'E-QUOTA', message: 'No room left.', safe: 'Nothing is lost.', remedy: 'Delete data.' } as const;
    const { find } = await render(<ErrorNotice error={error} action={{ label: 'Try again', onClick }} />);
    const notice = find('error-notice');
    expect(notice.dataset['code']).toBe('E-QUOTA');
    for (const text of ['No room left.', 'Nothing is lost.', 'Delete data.']) expect(notice.textContent).toContain(text);
    await act(async () => notice.querySelector('button')?.click());
    expect(onClick).toHaveBeenCalledOnce();
  });
});

describe('the model select', () => {
  const models = [
    { id: 'nano', name: 'Nano', kind: 'built-in', step: 0 },
    { id: 'c', name: 'Run 1', kind: 'full', step: 5 },
  ];

  it('offers built-in models and checkpoints and reports the choice by id', async () => {
    const onChange = vi.fn();
    const { find } = await render(<ModelSelect models={models} value="nano" onChange={onChange} />);
    const select = find('model-select');
    if (!(select instanceof HTMLSelectElement)) throw new Error('not a select');
    expect([...select.options].map(({ text }) => text)).toEqual(['Nano (built in)', 'Run 1 · step 5 · full']);
    await act(async () => {
      select.value = 'c';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(onChange).toHaveBeenCalledWith('c');
  });
});

describe('the drop zone', () => {
  it('has both pickers and hands out a walk over the chosen files', async () => {
    const onFiles = vi.fn();
    const { find } = await render(<DropZone onFiles={onFiles} />);
    expect(find('directory-input').hasAttribute('webkitdirectory')).toBe(true);
    const files = find('files-input');
    expect(files.hasAttribute('webkitdirectory')).toBe(false);
    Object.defineProperty(files, 'files', { value: [new File(['x'], '1.png')] });
    await act(async () => files.dispatchEvent(new Event('change', { bubbles: true })));
    expect(onFiles).toHaveBeenCalledOnce();
  });

  it('lists picked files with the path they had in the folder', async () => {
    const file = new File(['x'], '1.png');
    Object.defineProperty(file, 'webkitRelativePath', { value: 'root/a/1.png' });
    const counts: number[] = [];
    const entries = await walkInput([file, new File(['y'], 'train.json')])((count) => counts.push(count));
    expect(entries.map(({ path }) => path)).toEqual(['root/a/1.png', 'train.json']);
    expect(counts.at(-1)).toBe(2);
  });

  it('walks a dropped tree to its end, however many batches the browser makes of it', async () => {
    const fileEntry = (fullPath: string) => ({
      isFile: true,
      isDirectory: false,
      fullPath,
      file: (done: (file: File) => void) => done(new File([], fullPath)),
    });
    const batches = [[fileEntry('/root/1.png')], [fileEntry('/root/2.png')], []];
    const root = {
      isFile: false,
      isDirectory: true,
      createReader: () => ({ readEntries: (done: (entries: unknown[]) => void) => done(batches.shift() ?? []) }),
    };
    const transfer = Object.assign(new DataTransfer(), {});
    Object.defineProperty(transfer, 'items', { value: [{ kind: 'file', webkitGetAsEntry: () => root }, { kind: 'string' }] });
    const entries = await walkDrop(transfer)?.(() => undefined);
    expect(entries?.map(({ path }) => path)).toEqual(['root/1.png', 'root/2.png']);
  });

  it('goes on past a file that is deleted while its folder is listed, but not past one that may not be read', async () => {
    const child = (name: string, open: () => File) => ({ kind: 'file', name, getFile: async () => open() });
    const failing = (name: string, problem: string) =>
      child(name, () => {
        throw new DOMException(problem, problem);
      });
    const folder = (...children: object[]) =>
      ({ kind: 'directory', name: 'root', values: () => children.values() }) as unknown as Parameters<typeof walkFolder>[0];
    const there = child('1.png', () => new File(['x'], '1.png'));
    const entries = await walkFolder(folder(failing('0.png', 'NotFoundError'), there))(() => undefined);
    expect(entries.map(({ path }) => path)).toEqual(['root/1.png']);
    await expect(walkFolder(folder(failing('0.png', 'NotAllowedError'), there))(() => undefined)).rejects.toThrow('NotAllowedError');
  });

  it('refuses a drop without files', () => {
    const transfer = new DataTransfer();
    Object.defineProperty(transfer, 'items', { value: [{ kind: 'string' }] });
    expect(walkDrop(transfer)).toBeNull();
  });

  it.each([
    [false, 'That drop held no files.'],
    [true, 'What was dropped before is still being read'],
  ])('says why a drop is not taken (busy: %s)', async (disabled, why) => {
    const onFiles = vi.fn();
    const { find } = await render(<DropZone onFiles={onFiles} disabled={disabled} />);
    const transfer = new DataTransfer();
    Object.defineProperty(transfer, 'items', { value: [] });
    const drop = Object.assign(new Event('drop', { bubbles: true }), { dataTransfer: transfer });
    await act(async () => find('drop-zone').dispatchEvent(drop));
    expect(find('drop-zone').querySelector('[role=alert]')?.textContent).toContain(why);
    expect(onFiles).not.toHaveBeenCalled();
  });
});

describe('the import review', () => {
  const review: ImportReview = {
    reviewId: 'r',
    suggestedName: 'mini',
    tree: [{ domain: 'a', split: 'test', label: 'fake', count: 3 }],
    layout: 'One level too low.',
    imagesFound: 3,
    totalBytes: 10,
    files: [{ path: 'train.json', kind: 'train-json', rows: 4, matched: 2 }],
    matched: 2,
    joins: { image: 2, id: 0, name: 0, extension: 0 },
    textWithoutImage: ['x.png', 'y.png'],
    imagesWithoutText: ['a/test/fake/3.png'],
    problems: [
      { code: 'binary-label-missing', path: 'train.json#1', reason: 'No binary_label.', action: 'fixed' },
      { code: 'image-empty', path: 'a/test/fake/4.png', reason: 'No bytes.', action: 'left-out' },
    ],
    ignored: ['notes.txt'],
    quota: { usedBytes: 0, quotaBytes: 1e9, neededBytes: 10, thumbnailBytes: 2 },
  };

  it('states its counts, lists each problem, and starts with the accepted fixes', async () => {
    const started: unknown[] = [];
    const store = createImportsStore(
      createFakeClient<DataApi>({
        review: () => review,
        import: (options) => {
          started.push(options);
          return {
            datasetId: 'd',
            summary: {
              imported: 3,
              skipped: 0,
              failed: 1,
              matchedAnnotations: 2,
              textWithoutImage: 2,
              imagesWithoutText: 1,
              problems: [],
              elapsedMs: 1,
            },
          };
        },
      }).calls,
      createJobsStore(),
      () => Promise.resolve(),
    );
    await store.getState().open(() => Promise.resolve([]));
    const { find } = await render(
      <ImportsStore.Provider store={store}>
        <ImportReviewPanel review={review} />
      </ImportsStore.Provider>,
    );
    const { found, matched, problems } = find('import-review').dataset;
    expect([found, matched, problems]).toEqual(['3', '2', '2']);
    expect([...document.querySelectorAll('[data-testid=import-problem]')].map((row) => row.getAttribute('data-code'))).toEqual([
      'image-empty',
      'binary-label-missing',
    ]);
    expect(find('import-review').textContent).toContain('One level too low.');
    await act(async () => find('import-start').click());
    expect(started).toEqual([{ reviewId: 'r', name: 'mini', fixes: ['binary-label-missing'] }]);
  });

  it('offers a sample that fits where the whole does not, and starts with it', async () => {
    const started: unknown[] = [];
    const tight: ImportReview = {
      ...review,
      imagesFound: 1000,
      quota: { usedBytes: 500, quotaBytes: 1000, neededBytes: 1000, thumbnailBytes: 100 },
    };
    const calls = createFakeClient<DataApi>({
      review: () => tight,
      import: (options) => {
        started.push(options.sampleSize);
        throw new WorkbenchError('E-CANCELLED', 'Enough seen.');
      },
    }).calls;
    const store = createImportsStore(calls, createJobsStore(), () => Promise.resolve());
    await store.getState().open(() => Promise.resolve([]));
    const { find } = await render(
      <ImportsStore.Provider store={store}>
        <ImportReviewPanel review={tight} />
      </ImportsStore.Provider>,
    );
    expect(find('import-sample')).toHaveProperty('value', '450'); // nine tenths of what is free
    expect(find('import-start').textContent).toContain('450');
    await act(async () => find('import-start').click());
    expect(started).toEqual([450]);
  });
});

describe('a dataset card', () => {
  it('carries id and count, and says when data is synthetic or an import was stopped', async () => {
    const dataset = {
      id: 'demo-1',
      name: 'Demo',
      createdAt: 0,
      source: 'demo',
      synthetic: true,
      state: 'partial',
      contentHash: '3f2a91c0aa',
      imageCount: 12,
      annotationCount: 10,
      sizeBytes: 1e6,
      counts: [],
    } as const;
    const { find } = await render(
      <DatasetCard dataset={{ ...dataset, counts: [] }} onDelete={() => undefined} onRescan={() => undefined} />,
    );
    const card = find('dataset-card');
    expect([card.dataset['datasetId'], card.dataset['images']]).toEqual(['demo-1', '12']);
    expect(card.textContent).toContain('synthetic');
    expect(card.textContent).toContain('import was stopped');
    expect(card.textContent).toContain('3f2a91c0');
  });
});

describe('reasoning text', () => {
  it('shows bold titles and never makes links or images of what a model wrote', async () => {
    const { container } = await render(<Reasoning text={'**Skin**: smooth ![x](https://example.org/x.png)\n\n### Answer: fake'} />);
    expect(container.querySelector('b')?.textContent).toBe('Skin');
    expect(container.querySelectorAll('p')).toHaveLength(2);
    expect(container.querySelector('img, a')).toBeNull();
  });
});

describe('small words', () => {
  it('formats sizes, times, shares and plurals', () => {
    expect([formatBytes(0), formatBytes(999), formatBytes(1234), formatBytes(2.5e9)]).toEqual(['0 B', '999 B', '1.2 kB', '2.5 GB']);
    expect([formatDuration(40), formatDuration(1500), formatDuration(73_000), formatDuration(3_700_000)]).toEqual([
      '40 ms',
      '1.5 s',
      '1 min 13 s',
      '1 h 1 min',
    ]);
    expect([formatPercent(0.8346), formatPercent(Number.NaN)]).toEqual(['83.5 %', '–']);
    expect([formatPlural(1, 'image'), formatPlural(1200, 'image')]).toEqual(['1 image', '1,200 images']);
  });

  it('describes the engine in plain words', () => {
    const cpu = {
      backend: 'simd',
      adapter: 'x',
      fallbackAdapter: false,
      threads: 2,
      crossOriginIsolated: true,
      relaxedSimd: false,
      shaderF16: false,
      reason: '',
    } as const;
    expect(describeEngine(cpu)).toBe('CPU · SIMD, 2 threads: no GPU found');
    expect(describeEngine({ ...cpu, backend: 'webgpu', adapter: 'Apple M2', shaderF16: true })).toBe('WebGPU · Apple M2 · f16');
  });

  it('counts only network addresses of other hosts as foreign', () => {
    const here = 'http://localhost:5173';
    expect(['blob:http://localhost:5173/1', 'data:,x', '/models/a', 'http://localhost:5173/b'].map((url) => isForeign(url, here))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(['https://example.org/', 'http://localhost:9/x'].map((url) => isForeign(url, here))).toEqual([true, true]);
  });

  it('finds a place when every word of the query occurs', () => {
    expect(matchesQuery('Dataset Demo portraits', 'port dem')).toBe(true);
    expect(matchesQuery('Dataset Demo portraits', 'port sd')).toBe(false);
  });
});
