// A stored picture beside an answer; nothing where this browser does not hold it.
import { useEffect, useState } from 'react';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../Evaluation.module.css';

export function StoredPicture({ sampleId, path }: { sampleId: string; path: string }) {
  const readImage = SamplesStore.use((state) => state.readImage);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isGone = false;
    void readImage(sampleId).then(
      (blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => setUrl(null), // it was deleted; the dialog says so by having no picture
    );
    return () => {
      isGone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [readImage, sampleId]);
  return url ? <img className={styles.picture} src={url} alt={path} data-testid="answer-picture" /> : null;
}
