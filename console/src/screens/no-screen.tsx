import { Link } from '@tanstack/react-router';
import { Title } from '../parts/states.tsx';

/** An address of the console at which nothing stands: mistyped, or of a screen that has moved. */
export function NoScreen() {
  return (
    <>
      <Title text="No such screen">
        The address leads to nothing. It may be cut off, or from another version.
      </Title>
      <Link to="/" className="link">
        Today
      </Link>
    </>
  );
}
