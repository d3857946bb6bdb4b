import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { KeyboardStore } from '../../state/keyboard.ts';
import { NoticesStore } from '../../state/notices.ts';
import { keyConflict } from './key-conflict.ts';
import styles from './SettingsPage.module.css';

/** Puts what a key of one character does onto another one. */
export function KeyMap() {
  const map = KeyboardStore.use((state) => state.map);
  const keyboard = KeyboardStore.useApi();
  const notices = NoticesStore.useApi();
  const [usual, setUsual] = useState('');
  const [own, setOwn] = useState('');
  const isWhole = usual !== '' && own !== '' && usual !== own;
  const conflict = isWhole ? keyConflict(usual, own, map) : null;
  const store = (next: Record<string, string>) => {
    keyboard
      .getState()
      .setMap(next)
      .catch((error: unknown) => notices.getState().raise(error));
  };
  const add = () => {
    const others = Object.entries(map).filter(([, meant]) => meant !== usual);
    store({ ...Object.fromEntries(others), [own]: usual });
    setUsual('');
    setOwn('');
  };
  const remove = (pressed: string) => store(Object.fromEntries(Object.entries(map).filter(([key]) => key !== pressed)));
  return (
    <div className={styles.keyMap}>
      <p className={styles.text}>Put what a key does onto another one. The usual key then does nothing.</p>
      <div className={styles.buttons}>
        <TextInput
          label="Usual key"
          maxLength={1}
          w={84}
          value={usual}
          onChange={(event) => setUsual(event.currentTarget.value)}
          data-testid="key-usual"
        />
        <TextInput
          label="Your key"
          maxLength={1}
          w={84}
          value={own}
          onChange={(event) => setOwn(event.currentTarget.value)}
          error={conflict !== null}
          aria-describedby={conflict ? 'key-conflict' : undefined}
          data-testid="key-own"
        />
        <Button variant="default" mt={18} disabled={!isWhole || conflict !== null} onClick={add} data-testid="key-add">
          Move it
        </Button>
      </div>
      <p id="key-conflict" role="status" data-testid="key-conflict">
        {conflict}
      </p>
      <ul className={styles.keys} data-testid="key-map">
        {Object.entries(map).map(([pressed, meant]) => (
          <li key={pressed}>
            <kbd>{pressed}</kbd> in place of <kbd>{meant}</kbd>
            <Button variant="subtle" onClick={() => remove(pressed)} aria-label={`Give ${meant} its usual key back`}>
              Undo
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
