"""The names of fields that we ask X with, of before and after August 2026."""

from __future__ import annotations

TWEET_NAMES = {
    "tweet.fields": (
        "attachments,author_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,"
        "referenced_tweets,withheld"
    ),
    "expansions": "author_id,attachments.media_keys,attachments.poll_ids,referenced_tweets.id",
    "media.fields": "alt_text,preview_image_url,type,url",
}
"""What we ask for, in the names of openapi.json up to 2.166 (July 2026), of X's prose and of every recording."""
POST_NAMES = {
    "post.fields": "attachments,created_at,entities,lang,note_post,withheld",
    "expansions": "author_id,attachments.media_keys,attachments.poll_ids,edit_history_post_ids,referenced_posts",
    "media.fields": "alt_text,preview_image_url,type,url",
}
"""The same since 2.167 (August 2026). No document tells which the service takes: the old first, these when refused."""
