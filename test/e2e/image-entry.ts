// What image-decoding.spec.ts runs inside the page.
export { decodeInBrowser } from '../../src/shared/image/browser-decoder.ts';
export { demoSample } from '../../workers/data/demo/generate.ts';
export { renderPortrait } from '../../workers/data/demo/portrait.ts';
