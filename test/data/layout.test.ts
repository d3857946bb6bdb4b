import { describe, expect, it } from 'vitest';
import { namedLevels, recogniseLayout } from '../../workers/data/layout.ts';
import { isSystemFile, normalisePath } from '../../workers/data/paths.ts';

/** The layout of images' folders, with the places of the images. */
function layoutOf(paths: string[]) {
  const parts = paths.map((path) => ({ folder: path.split('/').slice(0, -1).join('/'), name: path.split('/').at(-1) ?? '' }));
  const { places, ...layout } = recogniseLayout(parts.map(({ folder }) => folder));
  const images = places.map((at, index) => ({ ...at, path: [at.path, parts[index]?.name].filter(Boolean).join('/') }));
  return { ...layout, images };
}
const place = (...paths: string[]) => layoutOf(paths).images.map(({ path, domain, split, label }) => `${path} ${domain} ${split} ${label}`);

describe('the DF-R5 layout', () => {
  it('recognises the whole tree below the dropped folder', () => {
    expect(place('DF-R5/aster/test/fake/1.png', 'DF-R5/birch/train/real/2.png')).toEqual([
      'aster/test/fake/1.png aster test fake',
      'birch/train/real/2.png birch train real',
    ]);
    expect(layoutOf(['DF-R5/aster/test/fake/1.png', 'DF-R5/birch/train/real/2.png']).sentence).toBe('DF-R5 tree with 2 domains.');
  });

  it('recognises several domain folders dropped together', () => {
    expect(place('aster/val/fake/1.png', 'birch/val/real/1.png')).toEqual([
      'aster/val/fake/1.png aster val fake',
      'birch/val/real/1.png birch val real',
    ]);
  });

  it('recognises a drop one level too high', () => {
    const layout = layoutOf(['Downloads/DF-R5/aster/test/fake/1.png', 'Downloads/DF-R5/birch/test/real/1.png']);
    expect(layout.images.map(({ path }) => path)).toEqual(['aster/test/fake/1.png', 'birch/test/real/1.png']);
    expect(layout.sentence).toContain('below `Downloads/DF-R5`');
  });

  it('takes the folder between split and label as the domain where a wrapper holds the splits, as in an imagefolder', () => {
    expect(place('hf/train/aster/fake/1.png', 'hf/validation/birch/real/2.png', 'hf/unsplit/birch/fake/3.png')).toEqual([
      'train/aster/fake/1.png aster train fake',
      'validation/birch/real/2.png birch val real',
      'unsplit/birch/fake/3.png birch none fake',
    ]);
    // Domains above their splits stay domains, whatever lies between split and label.
    expect(place('aster/train/faces/fake/1.png', 'birch/train/faces/real/2.png')).toEqual([
      'aster/train/faces/fake/1.png aster train fake',
      'birch/train/faces/real/2.png birch train real',
    ]);
  });

  it('recognises one domain, one split, and only fake and real', () => {
    expect(place('aster/test/fake/1.png', 'aster/train/real/2.png')).toEqual([
      'aster/test/fake/1.png aster test fake',
      'aster/train/real/2.png aster train real',
    ]);
    expect(layoutOf(['aster/test/fake/1.png']).sentence).toContain('domain `aster`');
    expect(place('test/fake/1.png', 'test/real/1.png')).toEqual(['test/fake/1.png unnamed test fake', 'test/real/1.png unnamed test real']);
    expect(layoutOf(['test/fake/1.png']).sentence).toContain('split `test`');
    expect(place('fake/1.png', 'real/1.png')).toEqual(['fake/1.png unnamed none fake', 'real/1.png unnamed none real']);
    expect(place('faces/fake/1.png', 'faces/real/1.png')).toEqual(['faces/fake/1.png faces none fake', 'faces/real/1.png faces none real']);
  });

  it('matches names in any case and keeps the spelling found', () => {
    expect(place('SiT/TEST/Fake/1.PNG', 'StyleGAN3/Validation/REAL/1.png')).toEqual([
      'SiT/TEST/Fake/1.PNG SiT test fake',
      'StyleGAN3/Validation/REAL/1.png StyleGAN3 val real',
    ]);
  });

  it('takes a split folder above the domains', () => {
    expect(place('test/aster/fake/1.png', 'test/birch/real/1.png')).toEqual([
      'test/aster/fake/1.png aster test fake',
      'test/birch/real/1.png birch test real',
    ]);
  });

  it('keeps images of unknown folders, without label, and lists the folders', () => {
    const layout = layoutOf(['top/aster/test/fake/1.png', 'top/birch/test/real/1.png', 'top/misc/old/3.png']);
    expect(layout.images[2]).toMatchObject({ path: 'misc/old/3.png', domain: 'misc', split: 'none', label: null });
    expect(layout.unknownFolders).toEqual(['misc/old']);
  });

  it('takes a flat folder or loose files as they are', () => {
    expect(place('case 7/a.png', 'case 7/b.png')).toEqual(['a.png unnamed none null', 'b.png unnamed none null']);
    expect(place('a.png')).toEqual(['a.png unnamed none null']);
    expect(layoutOf(['case 7/a.png']).unknownFolders).toEqual([]);
  });

  it('never gives two images one path', () => {
    const paths = ['a/x/test/fake/1.png', 'b/x/test/fake/1.png', 'x/test/fake/1.png'];
    expect(new Set(layoutOf(paths).images.map(({ path }) => path)).size).toBe(3);
  });

  it('names the levels of one path', () => {
    expect(namedLevels('DF-R5/ddim/test/fake/1.png')).toEqual({ domain: 'ddim', split: 'test', label: 'fake' });
    expect(namedLevels('1.png')).toEqual({ domain: null, split: 'none', label: null });
  });
});

describe('paths', () => {
  it('are normalised from Windows, absolute and relative forms', () => {
    expect(['C:\\data\\ddim\\1.png', '/ddim//1.png', './ddim/../ddim/1.png'].map(normalisePath)).toEqual([
      'data/ddim/1.png',
      'ddim/1.png',
      'ddim/1.png',
    ]);
  });

  it('of system files are known', () => {
    expect(['a/.DS_Store', 'Thumbs.db', '__MACOSX/a/1.png', 'a/._1.png', 'a/1.png'].map(isSystemFile)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
