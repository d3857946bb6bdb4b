// TensorBoard event files: TFRecords of Event messages (tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto).
// Written are scalars as `simple_value`, which every reader knows; read are those and TensorFlow 2's scalar tensors.
import { maskedCrc32c } from './crc32c.ts';
import { CurveBuilder, refusedLog, type CurvePoint } from './curve.ts';
import { fromTensorBoardTag, toTensorBoardTag } from './metric-names.ts';
import { bytesField, doubleField, floatField, int64Field, readFields } from './protobuf.ts';

const FILE_VERSION = 'brain.Event:2';
/** Field numbers of the messages. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const VALUE = { tag: 1, simpleValue: 2, tensor: 8 };
const TENSOR = { type: 1, content: 4, floats: 5, doubles: 6 };
const SUMMARY_VALUE = 1;
const DT_FLOAT = 1n;

/** The name that TensorBoard looks for in a log folder. */
export function eventFileName(createdAt: number): string {
  return `events.out.tfevents.${Math.floor(createdAt / 1000)}.workbench`;
}

/**
 * One event per step after the version event.
 * @param createdAt milliseconds; the version event's time, and that of points without one
 */
export function writeEventFile(points: readonly CurvePoint[], createdAt: number): Uint8Array<ArrayBuffer> {
  const version = [...doubleField(EVENT.wallTime, createdAt / 1000), ...bytesField(EVENT.fileVersion, FILE_VERSION)];
  const events = points.map(({ step, timestamp, metrics }) => {
    const values = Object.entries(metrics).flatMap(([name, value]) =>
      bytesField(SUMMARY_VALUE, [...bytesField(VALUE.tag, toTensorBoardTag(name)), ...floatField(VALUE.simpleValue, value)]),
    );
    const wallTime = doubleField(EVENT.wallTime, (timestamp ?? createdAt) / 1000);
    return [...wallTime, ...int64Field(EVENT.step, step), ...bytesField(EVENT.summary, values)];
  });
  return joined([version, ...events].map((event) => recordOf(Uint8Array.from(event))));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Length, its checksum, data, its checksum; all little-endian. */
function recordOf(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}

/** Reads the scalars of an event file. @throws E-CHECKSUM for a damaged record, E-SCHEMA for a truncated or other file */
export function readEventFile(bytes: Uint8Array): CurvePoint[] {
  const builder = new CurveBuilder();
  let isFirst = true;
  for (const record of readRecords(bytes)) {
    const event = readEvent(record);
    if (isFirst && event.version !== FILE_VERSION)
      throw refusedLog('E-SCHEMA', `The event file begins with version "${event.version}", not ${FILE_VERSION}.`);
    isFirst = false;
    if (event.scalars.length > 0) builder.add(event.step, event.wallTime * 1000, event.scalars);
  }
  if (isFirst) throw refusedLog('E-SCHEMA', 'The event file is empty.');
  return builder.points();
}

function* readRecords(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const check = (length: number, stored: number): void => {
    if (maskedCrc32c(bytes.subarray(at, at + length)) === view.getUint32(stored, true)) return;
    throw refusedLog('E-CHECKSUM', `The event file is damaged at byte ${at}: a checksum does not match.`);
  };
  while (at < bytes.length) {
    const cut = refusedLog('E-SCHEMA', `The event file is cut short: its last record begins at byte ${at}.`);
    if (at + 12 > bytes.length) throw cut;
    check(8, at + 8);
    const length = Number(view.getBigUint64(at, true));
    at += 12;
    if (at + length + 4 > bytes.length) throw cut;
    check(length, at + length);
    yield bytes.subarray(at, at + length);
    at += length + 4;
  }
}

interface ScalarEvent {
  /** Seconds. */
  wallTime: number;
  step: number;
  version: string;
  scalars: [name: string, value: number][];
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readEvent(record: Uint8Array): ScalarEvent {
  const event: ScalarEvent = { wallTime: 0, step: 0, version: '', scalars: [] };
  for (const { number, value } of readFields(record)) {
    if (typeof value === 'bigint') {
      if (number === EVENT.step) event.step = Number(BigInt.asIntN(64, value));
    } else if (number === EVENT.wallTime) event.wallTime = viewOf(value).getFloat64(0, true);
    else if (number === EVENT.fileVersion) event.version = new TextDecoder().decode(value);
    else if (number === EVENT.summary) event.scalars = readSummary(value);
  }
  return event;
}

/** Scalars only; images, histograms and texts are passed over. */
function readSummary(summary: Uint8Array): [string, number][] {
  const scalars: [string, number][] = [];
  for (const { number, value } of readFields(summary)) {
    if (number !== SUMMARY_VALUE || typeof value === 'bigint') continue;
    let name = '';
    let scalar: number | null = null;
    for (const field of readFields(value)) {
      if (typeof field.value === 'bigint') continue;
      if (field.number === VALUE.tag) name = new TextDecoder().decode(field.value);
      else if (field.number === VALUE.simpleValue) scalar = viewOf(field.value).getFloat32(0, true);
      else if (field.number === VALUE.tensor) scalar = readScalarTensor(field.value);
    }
    if (scalar !== null) scalars.push([fromTensorBoardTag(name), scalar]);
  }
  return scalars;
}

/** A tensor of one float or double; null for anything else. */
function readScalarTensor(tensor: Uint8Array): number | null {
  let isFloat = false;
  let scalar: number | null = null;
  for (const { number, value } of readFields(tensor)) {
    if (typeof value === 'bigint') {
      if (number === TENSOR.type) isFloat = value === DT_FLOAT;
    } else if (number === TENSOR.floats || (number === TENSOR.content && isFloat)) {
      if (value.length === 4) scalar = viewOf(value).getFloat32(0, true);
    } else if ((number === TENSOR.doubles || number === TENSOR.content) && value.length === 8) scalar = viewOf(value).getFloat64(0, true);
  }
  return scalar;
}
