import { describe, expect, it } from 'vitest';
import { ImageIndex } from '../../workers/data/join.ts';

const find = (paths: string[], row: { image?: string; id?: string }) => {
  const result = new ImageIndex(paths).find({ image: row.image, id: row.id });
  return result.status === 'matched' ? paths[result.image] : result.status;
};

describe('joining rows to images', () => {
  const paths = ['ddim/test/fake/1.png', 'ddim/test/real/2.png', 'sd/test/fake/1.png'];

  it('uses the image, then the id, then the base name', () => {
    expect(find(paths, { image: 'ddim/test/fake/1.png', id: 'sd/test/fake/1.png' })).toBe('ddim/test/fake/1.png');
    expect(find(paths, { image: 'gone.png', id: 'sd/test/fake/1.png' })).toBe('sd/test/fake/1.png');
    expect(find(paths, { image: 'elsewhere/2.png' })).toBe('ddim/test/real/2.png');
    expect(find(paths, { id: '2.png' })).toBe('ddim/test/real/2.png');
  });

  it('joins across a wrapper folder or a missing domain, in any case', () => {
    expect(find(paths, { image: 'DF-R5/DDIM/test/fake/1.PNG' })).toBe('ddim/test/fake/1.png');
    expect(find(['test/fake/1.png', 'test/real/1.png'], { image: 'ddim/test/fake/1.png' })).toBe('test/fake/1.png');
  });

  it('takes the only image of that name with another extension, and none where there are several', () => {
    const all = [...paths, 'ddim/test/real/3.webp', 'ddim/test/real/3.bmp', 'notes/test/real/4.png'];
    const index = new ImageIndex(all);
    const found = (image: string, id?: string) => {
      const result = index.find({ image, id });
      return result.status === 'matched' ? { status: result.status, rule: result.rule, path: all[result.image] } : result;
    };
    expect(found('ddim/test/real/2.jpg')).toEqual({ status: 'matched', path: 'ddim/test/real/2.png', rule: 'extension' });
    expect(found('2.JPEG')).toMatchObject({ rule: 'extension' });
    expect(found('2.png')).toMatchObject({ rule: 'name' });
    expect(found('gone.jpg', 'ddim/test/real/2.jpg')).toMatchObject({ path: 'ddim/test/real/2.png', rule: 'extension' });
    expect(found('ddim/test/real/3.png')).toEqual({ status: 'ambiguous-extension', count: 2 });
    expect(found('1.jpg')).toEqual({ status: 'ambiguous-extension', count: 2 });
    expect(found('ddim/test/fake/1.jpg')).toMatchObject({ path: 'ddim/test/fake/1.png' }); // the other one is of another domain
    expect(found('ddim/train/real/2.jpg')).toEqual({ status: 'absent' });
    expect(found('ddim/test/real/2.txt')).toEqual({ status: 'absent' });
  });

  it('refuses to choose between images that fit equally well', () => {
    expect(find(paths, { image: '1.png' })).toBe('ambiguous');
  });

  it('never takes an image of another domain, split or label because the numbers agree', () => {
    expect(find(['ddim/test/fake/1.png'], { image: 'ddim/train/fake/1.png' })).toBe('absent');
    expect(find(['ddim/test/fake/1.png'], { image: 'sd/test/fake/1.png' })).toBe('absent');
    expect(find(['ddim/test/fake/1.png'], { image: 'ddim/test/real/1.png' })).toBe('absent');
  });
});
