import { Button, createTheme, Menu, Modal, Popover, Select, TextInput } from '@mantine/core';
import { WORDS } from '../words.ts';

/**
 * Colours and sizes stand in theme.css, since a style that a script writes into the page would need
 * a wider content security policy; here is only what components need to know.
 */
export const theme = createTheme({
  primaryColor: 'indigo',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Select: Select.extend({ defaultProps: { size: 'xs' } }),
    // Locking the page writes a style into it, too; nothing scrolls behind a dialog anyway.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 100 },
        closeButtonProps: { 'aria-label': WORDS.common.close },
      },
    }),
    Menu: Menu.extend({
      defaultProps: { transitionProps: { duration: 80 }, shadow: 'md', returnFocus: true },
    }),
    Popover: Popover.extend({
      defaultProps: { transitionProps: { duration: 80 }, returnFocus: true },
    }),
  },
});
