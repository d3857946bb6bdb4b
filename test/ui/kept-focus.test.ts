// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepFocus } from '../../src/app/kept-focus.ts';

let end: () => void;
beforeEach(() => {
  end = keepFocus();
});
afterEach(() => {
  end();
  document.body.innerHTML = '';
  location.hash = '';
});

const at = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`nothing is called ${id}`);
  return found;
};

function show(html: string): void {
  document.body.innerHTML = html;
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab' }));
}

/** happy-dom keeps the focus on what is removed; browsers leave it on the body. */
function remove(id: string): void {
  const element = at(id);
  const had = element.contains(document.activeElement);
  element.remove();
  if (had && document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

const focused = (): string | undefined => document.activeElement?.id;

describe('what had the focus and goes away', () => {
  it('hands it to the next row of its list', async () => {
    show('<main id="main" tabindex="-1"><ul><li id="a"><button id="1"></button></li><li id="b"><button id="2"></button></li></ul></main>');
    at('1').focus();
    remove('a');
    await vi.waitFor(() => expect(focused()).toBe('2'));
  });

  it('hands it back to the opener when it was a dialog', async () => {
    show('<main id="main" tabindex="-1"><button id="first"></button><button id="opener"></button></main>');
    at('opener').focus();
    document.body.insertAdjacentHTML('beforeend', '<div id="portal"><div role="dialog"><button id="inside"></button></div></div>');
    at('inside').focus();
    remove('portal');
    await vi.waitFor(() => expect(focused()).toBe('opener'));
  });

  it('hands it back when the key that closed the dialog is still on its way', async () => {
    show('<main id="main" tabindex="-1"><button id="opener"></button></main>');
    at('opener').focus();
    document.body.insertAdjacentHTML('beforeend', '<div id="portal"><div role="dialog"><button id="inside"></button></div></div>');
    at('inside').focus();
    remove('portal');
    await Promise.resolve(); // the page has changed, the key has not come to the document
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    await vi.waitFor(() => expect(focused()).toBe('opener'));
  });

  it('hands it to the next row when a menu deleted the one that it was opened from', async () => {
    show(
      '<main id="main" tabindex="-1"><button id="first"></button><ul><li id="a"><button id="1"></button></li><li><button id="2"></button></li></ul></main>',
    );
    at('first').focus();
    at('1').focus();
    document.body.insertAdjacentHTML('beforeend', '<div id="portal"><div role="menu"><button id="delete"></button></div></div>');
    at('delete').focus();
    at('a').remove();
    remove('portal');
    await vi.waitFor(() => expect(focused()).toBe('2'));
  });

  it('hands it to the page when another page came', async () => {
    location.hash = '#/data';
    show('<nav><a href="#/" id="rail"></a></nav><main id="main" tabindex="-1"><div id="page"><a href="#/eval" id="link"></a></div></main>');
    at('rail').focus();
    at('link').focus();
    location.hash = '#/eval';
    remove('page');
    at('main').innerHTML = '<a href="#/" id="other"></a>';
    await vi.waitFor(() => expect(focused()).toBe('main'));
  });

  it('finds the same button of a page that is drawn anew', async () => {
    location.hash = '#/inspect/a';
    show('<main id="main" tabindex="-1"><div id="page"><header><button id="x" data-testid="inspect-next"></button></header></div></main>');
    at('x').focus();
    location.hash = '#/inspect/b';
    remove('page');
    await new Promise((resolve) => setTimeout(resolve, 60)); // the image is read
    expect(focused()).toBe('');
    at('main').innerHTML = '<div><button id="w"></button><button id="y" data-testid="inspect-next"></button></div>';
    await vi.waitFor(() => expect(focused()).toBe('y'));
  });

  it('gets it back when it was only switched off for a moment', async () => {
    show('<main id="main" tabindex="-1"><button id="run"></button><button id="other"></button></main>');
    at('run').focus();
    at('run').setAttribute('disabled', '');
    at('run').blur();
    await new Promise((resolve) => setTimeout(resolve, 60));
    at('run').removeAttribute('disabled');
    await vi.waitFor(() => expect(focused()).toBe('run'));
  });

  it('stays without it after a press of the pointer, and where it was let go by will', async () => {
    const page = '<main id="main" tabindex="-1"><div id="row"><button id="1"></button></div><button id="2"></button></main>';
    show(page);
    at('1').focus();
    document.dispatchEvent(new Event('pointerdown'));
    remove('row');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(focused()).toBe('');
    show(page);
    at('1').focus();
    at('1').blur();
    await new Promise((resolve) => setTimeout(resolve, 60));
    remove('row');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(focused()).toBe('');
  });
});
