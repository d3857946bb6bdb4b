// A folder of small pictures for the import bench: every file has its own content, so that hashes and copies mean what they do in
// real data, and one LLaVA JSON annotates all of them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { RandomStream } from '../../src/shared/random.ts';

const SIDE = 64;
const DOMAINS = ['ddim', 'pixart', 'sd', 'SiT', 'StyleGAN3'];
const SPLITS = ['train', 'train', 'val', 'test'];
const PNG_START = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Blocks of colour under a little noise, about 9 kB: decoders and hashes have work, and no two are alike. */
function picture(random: RandomStream): Buffer {
  const row = 3 * SIDE + 1; // each line begins with its filter, 0
  const pixels = Buffer.alloc(SIDE * row);
  const blocks = Uint8Array.from({ length: 8 * 8 * 3 }, () => Math.floor(random.next() * 190));
  let noise = Math.floor(random.next() * 2 ** 32) | 1;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      noise = Math.imul(noise, 1664525) + 1013904223;
      const block = 3 * (8 * (y >> 3) + (x >> 3));
      for (let c = 0; c < 3; c++) pixels[y * row + 1 + 3 * x + c] = (blocks[block + c] ?? 0) + ((noise >>> (8 + 8 * c)) & 63);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 2], 8); // 8 bits, RGB
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(pixels, { level: 1 })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([PNG_START, ...parts]);
}

function annotation(path: string, label: string, index: number) {
  const answer = `**Skin texture**: The cheeks look waxy and pores are missing, item ${index}.\n\n**Hair**: Strands merge.\n\n### Answer: ${label}`;
  const conversations = [
    { from: 'human', value: '<image>\nAnalyze this image for any signs of digital manipulation.' },
    { from: 'gpt', value: answer },
  ];
  return { id: path, image: path, conversations, binary_label: Number(label === 'fake') };
}

/** Writes the folder in the DF-R5 layout. @returns bytes of the pictures */
export async function writeImportFolder(folder: string, files: number): Promise<number> {
  const random = RandomStream.fromText('bench/import');
  for (const domain of DOMAINS)
    for (const split of new Set(SPLITS))
      for (const label of ['fake', 'real']) await mkdir(join(folder, domain, split, label), { recursive: true });
  let bytes = 0;
  const rows: string[] = [];
  for (let i = 0; i < files; i++) {
    const label = Math.floor(i / 20) % 2 === 0 ? 'fake' : 'real';
    const path = `${DOMAINS[i % 5]}/${SPLITS[Math.floor(i / 5) % 4]}/${label}/${String(i).padStart(6, '0')}.png`;
    const file = picture(random);
    bytes += file.length;
    await writeFile(join(folder, path), file);
    rows.push(JSON.stringify(annotation(path, label, i)));
  }
  await writeFile(join(folder, 'train.json'), `[\n${rows.join(',\n')}\n]\n`);
  return bytes;
}
