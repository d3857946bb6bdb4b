// Which of the two kernel builds may run here.

// (module (func f32x4.relaxed_madd of three zero constants, drop))
const ZERO_CONSTANT = [0xfd, 0x0c, ...Array.from({ length: 16 }, () => 0)];
const BODY = [0, ...ZERO_CONSTANT, ...ZERO_CONSTANT, ...ZERO_CONSTANT, 0xfd, 0x85, 0x02, 0x1a, 0x0b];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10];

/** True where fused multiply-add (relaxed SIMD) is available: Chromium 114 and later; not Node 20 without a flag. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array([...HEADER, BODY.length + 2, 1, BODY.length, ...BODY]));
}
