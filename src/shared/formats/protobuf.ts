// As much of the protocol buffer wire format (https://protobuf.dev/programming-guides/encoding/) as event files need.
import { refusedLog } from './curve.ts';

/** One field of a message: a varint, 8 or 4 raw bytes, or a length-delimited value. */
export interface ProtoField {
  number: number;
  value: bigint | Uint8Array;
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const tag = (field: number, wire: number): number[] => varint(BigInt((field << 3) | wire));

/** An int64 field. */
export function int64Field(field: number, value: number): number[] {
  return [...tag(field, 0), ...varint(BigInt(value))];
}

/** A double field. */
export function doubleField(field: number, value: number): number[] {
  return [...tag(field, 1), ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** A float field. */
export function floatField(field: number, value: number): number[] {
  return [...tag(field, 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** A string, bytes or message field. */
export function bytesField(field: number, value: string | readonly number[]): number[] {
  const bytes = typeof value === 'string' ? [...new TextEncoder().encode(value)] : value;
  return [...tag(field, 2), ...varint(BigInt(bytes.length)), ...bytes];
}

/** The fields of a message in order. @throws E-SCHEMA for a message that is cut short or of a wire type from before 2008 */
export function* readFields(bytes: Uint8Array): Generator<ProtoField> {
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw refusedLog('E-SCHEMA', 'The event file holds a number that is cut short.');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw refusedLog('E-SCHEMA', 'The event file holds a field that is cut short.');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(readVarint());
    const wire = key & 7;
    const number = key >>> 3;
    if (wire === 0) yield { number, value: readVarint() };
    else if (wire === 1 || wire === 5) yield { number, value: take(wire === 1 ? 8 : 4) };
    else if (wire === 2) yield { number, value: take(Number(readVarint())) };
    else throw refusedLog('E-SCHEMA', `The event file holds a field of the unknown wire type ${wire}.`);
  }
}
