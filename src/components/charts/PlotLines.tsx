// The shapes of a plot inside Recharts' axes.
import { memo } from 'react';
import { usePlotArea } from 'recharts';
import { PlotShapes, type ShapesProps } from './PlotShapes.tsx';

/** To be used inside a chart of Recharts, which knows how large the plot is. */
export const PlotLines = memo(function PlotLines(props: ShapesProps) {
  const area = usePlotArea();
  return area ? <PlotShapes {...props} area={area} /> : null;
});
