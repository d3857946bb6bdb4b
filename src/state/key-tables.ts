// Every key of the app, once: pages bind actions to these names, the sheet lists them with their meanings.

/** One thing that keys do. */
export interface KeyEntry {
  /** As in `KeyboardEvent.key`; `Shift+` before keys that are no character; `g d` = one after the other. */
  keys: readonly string[];
  meaning: string;
}

export type KeyTable<Name extends string = string> = Readonly<Record<Name, KeyEntry>>;

/** Held with Ctrl, or Cmd on a Mac, and Esc: these cannot be moved or switched off. */
export const FIXED_KEYS = {
  palette: { keys: ['Control+k'], meaning: 'Go to a place or do something' },
  close: { keys: ['Escape'], meaning: 'Close what is open' },
  undo: { keys: ['Control+z'], meaning: 'Take back what the newest message offers to undo' },
} satisfies KeyTable;

export const GLOBAL_KEYS = {
  help: { keys: ['?'], meaning: 'This sheet' },
  search: { keys: ['/'], meaning: 'Search on this page, or go to a place' },
} satisfies KeyTable;

/** By the address they lead to. */
export const PAGE_KEYS = {
  '/': { keys: ['g h'], meaning: 'Home' },
  '/data': { keys: ['g d'], meaning: 'Data' },
  '/eval': { keys: ['g e'], meaning: 'Evaluate' },
  '/inspect': { keys: ['g i'], meaning: 'Inspect' },
  '/train': { keys: ['g t'], meaning: 'Train' },
  '/compare': { keys: ['g c'], meaning: 'Compare' },
  '/models': { keys: ['g m'], meaning: 'Models' },
  '/device': { keys: ['g s'], meaning: 'Device & storage' },
  '/learn': { keys: ['g l'], meaning: 'Learn' },
  '/settings': { keys: ['g ,'], meaning: 'Settings' },
} satisfies KeyTable;

export const INSPECT_KEYS = {
  next: { keys: ['j', 'ArrowRight'], meaning: 'Next image' },
  previous: { keys: ['k', 'ArrowLeft'], meaning: 'Previous image' },
  run: { keys: ['r'], meaning: 'Run the model on this image' },
  paragraph: { keys: ['p'], meaning: 'Next paragraph' },
  paragraphBack: { keys: ['P'], meaning: 'Paragraph before' },
  overlay: { keys: ['o'], meaning: 'Similarity map of the paragraph over the image' },
  tabNext: { keys: ['t'], meaning: 'Next tab' },
  tabBack: { keys: ['T'], meaning: 'Tab before' },
  olderStep: { keys: ['['], meaning: 'Earlier step of the history' },
  newerStep: { keys: [']'], meaning: 'Later step of the history' },
  mark: { keys: ['f'], meaning: 'Mark for review' },
  rate1: { keys: ['1'], meaning: 'Rate the reasoning 1 of 5; the same key again takes it back' },
  rate2: { keys: ['2'], meaning: 'Rate 2 of 5' },
  rate3: { keys: ['3'], meaning: 'Rate 3 of 5' },
  rate4: { keys: ['4'], meaning: 'Rate 4 of 5' },
  rate5: { keys: ['5'], meaning: 'Rate 5 of 5' },
  zoomIn: { keys: ['+', '='], meaning: 'Zoom in' },
  zoomOut: { keys: ['-'], meaning: 'Zoom out' },
  wholeImage: { keys: ['0'], meaning: 'Whole image' },
  pixels: { keys: ['z'], meaning: 'Pixel view: 8 screen pixels for each of the picture' },
  mirror: { keys: ['h'], meaning: 'Mirror the image' },
  flipView: { keys: ['b'], meaning: 'Flip between the image and the view beside it' },
  panLeft: { keys: ['Shift+ArrowLeft'], meaning: 'Move the zoomed image; all four arrows' },
  panRight: { keys: ['Shift+ArrowRight'], meaning: 'Move right' },
  panUp: { keys: ['Shift+ArrowUp'], meaning: 'Move up' },
  panDown: { keys: ['Shift+ArrowDown'], meaning: 'Move down' },
} satisfies KeyTable;

export const RUN_KEYS = {
  toggle: { keys: [' '], meaning: 'Pause or resume' },
  olderStep: { keys: ['['], meaning: 'Answers of the step before' },
  newerStep: { keys: [']'], meaning: 'Answers of the next step' },
} satisfies KeyTable;

/** The gallery's grid and its quick view have these by themselves. */
export const GALLERY_KEYS = {
  move: { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], meaning: 'Move through the images' },
  ends: { keys: ['Home', 'End'], meaning: 'First and last image' },
  pages: { keys: ['PageUp', 'PageDown'], meaning: 'Five rows up or down' },
  step: { keys: ['j', 'k'], meaning: 'Next and previous image' },
  open: { keys: ['Enter'], meaning: 'Quick view' },
  pick: { keys: ['x'], meaning: 'Pick for tags; Shift and a click on a box picks a range' },
  mark: { keys: ['f'], meaning: 'Mark for review' },
  undo: { keys: ['Control+z'], meaning: 'Take the last change of tags or notes back' },
} satisfies KeyTable;

export const QUIZ_KEYS = {
  real: { keys: ['r'], meaning: 'I say real' },
  fake: { keys: ['f'], meaning: 'I say fake' },
  next: { keys: ['n', 'Enter'], meaning: 'Next image' },
} satisfies KeyTable;

/** Of parts that have these keys while they have the focus. */
export const PART_KEYS = {
  tokens: { keys: ['ArrowLeft', 'ArrowRight', 'Home', 'End'], meaning: 'Tokens: the token before, the next, the first, the last' },
  region: { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], meaning: 'What if: move the region; with Shift, change its size' },
  tabs: { keys: ['ArrowLeft', 'ArrowRight'], meaning: 'Tabs: the tab before and the next' },
} satisfies KeyTable;

/** All tables with their places: what the sheet lists. */
export const KEY_GROUPS: readonly { title: string; table: KeyTable }[] = [
  { title: 'Everywhere', table: { ...FIXED_KEYS, ...GLOBAL_KEYS } },
  { title: 'Pages', table: PAGE_KEYS },
  { title: 'Inspect', table: INSPECT_KEYS },
  { title: 'Gallery', table: GALLERY_KEYS },
  { title: 'Training run', table: RUN_KEYS },
  { title: 'Blind quiz', table: QUIZ_KEYS },
  { title: 'With the focus on', table: PART_KEYS },
];
