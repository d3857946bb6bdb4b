import styles from './FolderTree.module.css';

/** The DF-R5 layout as a drawing. */
export function FolderTree() {
  return (
    <pre className={styles.tree} aria-label="Folder layout: domain, then train, val or test, then fake or real, then images">
      {'your-folder/\n├─ '}
      <b>domain</b>
      {'/       one per generator\n│  ├─ '}
      <b>train</b>
      {'/ '}
      <b>val</b>
      {'/ '}
      <b>test</b>
      {'/\n│  │  ├─ '}
      <b className={styles.fake}>fake</b>
      {'/   png jpg webp bmp\n│  │  └─ '}
      <b className={styles.real}>real</b>
      {'/\n└─ train.json    optional, LLaVA'}
    </pre>
  );
}
