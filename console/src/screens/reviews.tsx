import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { reviewsQuery } from '../api/review-queries.ts';
import type { ReviewJson } from '../api/shapes.ts';
import { Deed } from '../parts/deed.tsx';
import { Choose } from '../parts/fields.tsx';
import { evidenceText, reviewStateNames, reviewTitle, reviewTones } from '../parts/review-text.ts';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, plain } from '../parts/text.ts';
import { useTitles } from '../parts/titles.ts';

/** What is proposed about the words and the taxonomy, by counts and never by a guess about a person. */
export function Reviews() {
  const search = useSearch({ from: '/frame/reviews' });
  const reviews = useQuery(reviewsQuery(search));
  const navigate = useNavigate();
  return (
    <>
      <Title text="Reviews">
        Once a week: words that do not work, kinds that fall apart or are one. Each comes as a diff of the
        packs that a person takes, or does not.
      </Title>
      <search className="mb-4 flex flex-wrap items-end gap-3">
        <div className="w-full sm:w-64">
          <Choose
            label="State"
            value={search.state ?? ''}
            all="All states"
            choices={reviewStateNames.map((state) => [state, plain(state)])}
            onSet={(value) => {
              const state = reviewStateNames.find((name) => name === value);
              void navigate({ to: '/reviews', search: state === undefined ? {} : { state } });
            }}
          />
        </div>
        <Deed
          scope="behaviours:write"
          text="Look now"
          path="/v1/reviews"
          says="It is done once a week anyway. Nothing is changed by it."
        />
      </search>
      {reviews.data === undefined ? (
        <Waiting query={reviews} />
      ) : reviews.data.items.length === 0 ? (
        <Empty title={search.state === undefined ? 'Nothing is proposed' : 'No proposal stands so'}>
          <p>
            A proposal needs counts: when a message is followed by few fixes, when many answer that it is
            wrong, or when one kind comes back otherwise than another, it stands here with its n.
          </p>
        </Empty>
      ) : (
        <ul className="space-y-3">
          {reviews.data.items.map((review) => (
            <Item key={review.id} review={review} />
          ))}
        </ul>
      )}
    </>
  );
}

function Item({ review }: { readonly review: ReviewJson }) {
  const titleOf = useTitles();
  const [first] = review.evidence;
  return (
    <li className="card">
      <div className="mb-1 flex flex-wrap items-start justify-between gap-2">
        <h2>
          <Link to="/reviews/$id" params={{ id: review.id }} className="link">
            {reviewTitle(review)}
          </Link>
        </h2>
        <Tag tone={reviewTones[review.state]}>{plain(review.state)}</Tag>
      </div>
      <p className="text-sm text-soft">
        {titleOf(review.behaviour)} · {dayText(review.lastAt)}
        {review.files.length > 0 && ` · a diff of ${review.files.length.toLocaleString()} files`}
      </p>
      {first !== undefined && <p className="mt-1">{evidenceText(first)}</p>}
    </li>
  );
}
