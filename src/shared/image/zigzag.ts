/** Place in the 8 x 8 block, row by row, of the i-th value of JPEG's zigzag. */
export const zigzagOrder: readonly number[] = Array.from({ length: 64 }, (_, place) => place).sort((a, b) => rank(a) - rank(b));

/** Diagonals one after the other, up and down in turn. */
function rank(place: number): number {
  const [row, column] = [place >> 3, place & 7];
  const diagonal = row + column;
  return diagonal * 8 + (diagonal % 2 === 0 ? column : row);
}
