// Mounts the app: builds clients and stores, then renders.
import './theme/tokens.css';
import './theme/base.css';
import './theme/mantine-shell.ts';
import './theme/mantine.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { start } from './app/start.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App stores={start()} />
  </StrictMode>,
);
