// A change of a picture as a part of an address: `mask:grey:10,20,40,40`, `jpeg:50:0,0,64,64`, `crop::8,8,48,48`. Pure.
import type { ImageEdit, MaskFill } from '../../../shared/image/edit.ts';
import { clampRegion, MASK_FILLS } from '../../../shared/image/edit.ts';
import type { Region } from '../../../shared/image/rgb-image.ts';

type Size = { width: number; height: number };

export function writeEdit(edit: ImageEdit): string {
  const { left, top, width, height } = edit.region;
  const how = edit.kind === 'mask' ? edit.fill : edit.kind === 'jpeg' ? String(edit.quality) : '';
  return `${edit.kind}:${how}:${[left, top, width, height].join(',')}`;
}

/** The middle quarter, masked with grey. */
function firstEdit({ width, height }: Size): ImageEdit {
  const [w, h] = [Math.max(1, Math.round(width / 2)), Math.max(1, Math.round(height / 2))];
  return { kind: 'mask', fill: 'grey', region: { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h } };
}

const KINDS: readonly string[] = ['mask', 'jpeg', 'crop'] satisfies ImageEdit['kind'][];

/** Whether a text of an address is a change, within a picture or not. */
export function isEditText(text: string): boolean {
  const [kind = '', how = '', where = ''] = text.split(':');
  const numbers = where.split(',');
  const isRegion = numbers.length === 4 && numbers.every((one) => one.trim() !== '' && Number.isFinite(Number(one)));
  const isHow = kind === 'crop' || (kind === 'mask' ? MASK_FILLS.some((fill) => fill === how) : Number(how) >= 1 && Number(how) <= 100);
  return KINDS.includes(kind) && isRegion && isHow;
}

/** What the address says, clamped to the picture; the first edit where it says nothing sensible. */
export function readEdit(text: string | null, size: Size): ImageEdit {
  const [kind, how = '', where = ''] = text?.split(':') ?? [];
  const numbers = where.split(',').map(Number);
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return firstEdit(size);
  const [left = 0, top = 0, width = 1, height = 1] = numbers;
  const region = clampRegion({ left, top, width, height }, size);
  if (kind === 'crop') return { kind, region };
  if (kind === 'jpeg') return { kind, quality: Math.min(100, Math.max(1, Math.round(Number(how)) || 50)), region };
  return { kind: 'mask', fill: MASK_FILLS.find((fill) => fill === how) ?? 'grey', region };
}

/** The same region changed in another way. */
export function withKind(edit: ImageEdit, kind: ImageEdit['kind']): ImageEdit {
  const { region } = edit;
  if (kind === 'crop') return { kind, region };
  if (kind === 'jpeg') return { kind, quality: edit.kind === 'jpeg' ? edit.quality : 30, region };
  return { kind, fill: edit.kind === 'mask' ? edit.fill : 'grey', region };
}

export const FILL_NAMES: Record<MaskFill, string> = {
  grey: 'mid grey',
  mean: 'its mean colour',
  blur: 'a strong blur',
  noise: 'random noise',
};

/** The squares that the model's patches cover: the middle square of the picture, cut into a grid. */
export interface PatchGrid {
  left: number;
  top: number;
  /** Side of one patch, pixels; may be a fraction. */
  side: number;
  count: number;
}

export function patchGrid({ width, height }: Size, count: number): PatchGrid {
  const square = Math.min(width, height);
  return { left: (width - square) / 2, top: (height - square) / 2, side: square / count, count };
}

/**
 * The smallest block of whole patches over a region.
 * @param slack pixels that a region may reach into a patch without taking it
 */
export function snapToPatches({ left, top, width, height }: Region, grid: PatchGrid, slack = 0): Region {
  const at = (value: number): number => Math.min(grid.count - 1, Math.max(0, value));
  const free = slack / grid.side + 1e-6;
  const [column, row] = [at(Math.floor((left - grid.left) / grid.side + free)), at(Math.floor((top - grid.top) / grid.side + free))];
  const lastColumn = Math.max(column, at(Math.ceil((left + width - grid.left) / grid.side - free) - 1));
  const lastRow = Math.max(row, at(Math.ceil((top + height - grid.top) / grid.side - free) - 1));
  const edge = (first: number, index: number): number => Math.round(first + index * grid.side);
  const [x, y] = [edge(grid.left, column), edge(grid.top, row)];
  return { left: x, top: y, width: edge(grid.left, lastColumn + 1) - x, height: edge(grid.top, lastRow + 1) - y };
}
