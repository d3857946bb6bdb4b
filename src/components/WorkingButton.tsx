// A button whose work takes a while, such as Pause: off until it is done, and still holding the focus. A disabled element loses it.
import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';

export interface WorkingButtonProps extends ButtonProps, Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps | 'disabled'> {
  /** Its work is under way: another press does nothing. */
  isWorking: boolean;
}

/** Told as off to those who listen, and looking so. */
export function WorkingButton({ isWorking, onClick, ...rest }: WorkingButtonProps) {
  return (
    <Button
      {...rest}
      aria-disabled={isWorking || undefined}
      data-disabled={isWorking || undefined}
      onClick={isWorking ? undefined : onClick}
    />
  );
}
