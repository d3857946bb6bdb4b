// Decoding, resize, crop and normalisation against Pillow and open_clip's transform.
import { planCrop, normalise, resizeAndCrop } from '../../../src/shared/image/transform.ts';
import type { RgbImage } from '../../../src/shared/image/rgb-image.ts';
import { decodeFile } from '../../support/decode.ts';
import { CheckList, readFixtureFile, type ParityContext } from '../kind.ts';
import { listField, numberField, openTensors, recordOf, textField, type TensorFile } from '../model-files.ts';

interface Case {
  name: string;
  index: number;
  fields: Record<string, unknown>;
  limits: Record<string, unknown>;
  outputs: TensorFile;
}

/** Bytes of a [H, W, 3] tensor as a picture. */
function referenceImage(outputs: TensorFile, name: string): RgbImage {
  const { shape, data } = outputs.get(name);
  const [height = 0, width = 0] = shape;
  return { width, height, data: Uint8Array.from(data) };
}

function meanDifference(got: Uint8Array, want: Uint8Array): number {
  if (got.length !== want.length) return Infinity;
  return want.reduce((sum, value, i) => sum + Math.abs(value - (got[i] ?? 0)), 0) / want.length;
}

function equalShare(got: Uint8Array, want: Uint8Array): number {
  return want.reduce((count, value, i) => count + (value === got[i] ? 1 : 0), 0) / want.length;
}

/** Our decoder on the file; JPEG decoders differ, so there the mean is compared. */
async function checkDecoding(context: ParityContext, list: CheckList, { name, index, fields, limits, outputs }: Case): Promise<void> {
  const { facts, image } = await decodeFile(await readFixtureFile(context, textField(fields, 'file')));
  const want = referenceImage(outputs, `decoded.${index}`);
  list.equal(`${name} facts`, [facts.width, facts.height, facts.exifOrientation], [fields.width, fields.height, fields.exif_orientation]);
  const limit = fields.decoding === 'jpegMean' ? numberField(limits, 'jpegMean') : 0;
  list.close(`${name} decoded`, meanDifference(image.data, want.data), 0, limit);
}

/** Everything from the reference's own decoded pixels on. */
function checkTransform(list: CheckList, { name, index, fields, limits, outputs }: Case): void {
  const size = numberField(fields, 'size');
  const decoded = referenceImage(outputs, `decoded.${index}`);
  const { width, height, window } = planCrop(decoded.width, decoded.height, size);
  const wantPlan = [fields.resized_width, fields.resized_height, fields.crop_left, fields.crop_top];
  list.equal(`${name} crop`, [width, height, window.left, window.top], wantPlan);
  const resized = resizeAndCrop(decoded, size);
  const want = referenceImage(outputs, `resized.${index}`);
  list.close(`${name} resized`, resized.data, want.data, numberField(limits, 'resizedAbs'));
  const share = equalShare(resized.data, want.data);
  list.that(`${name} equal share`, share >= numberField(limits, 'equalShare'), `${share} of the bytes are equal`);
  list.close(`${name} tensor`, normalise(resized, 'nchw'), outputs.get(`tensor.${index}`).data, numberField(limits, 'tensorAbs'));
}

/** The parity check of the kind `preprocess`. */
export async function check(context: ParityContext): Promise<CheckList> {
  const list = new CheckList();
  const outputs = await openTensors(context, 'outputs');
  const limits = recordOf(context.fixture.limits);
  for (const [index, entry] of listField(context.fixture, 'cases').entries()) {
    const fields = recordOf(entry);
    const item: Case = { name: textField(fields, 'file'), index, fields, limits, outputs };
    await checkDecoding(context, list, item);
    checkTransform(list, item);
  }
  return list;
}
