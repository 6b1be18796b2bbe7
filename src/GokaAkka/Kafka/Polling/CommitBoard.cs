namespace GokaAkka.Kafka.Polling;

/// <summary>
/// Where partitions post how far they are done and the polling thread collects what to commit. Posts of an older generation of a partition
/// are refused, so nothing is committed for an assignment that is gone. Safe for concurrent use.
/// </summary>
sealed class CommitBoard
{
    readonly Lock _gate = new();
    readonly Dictionary<TopicPartition, Post> _posts = [];

    /// <summary>A partition begins to post under this generation. What it posted in this assignment and nobody has collected is still to be committed.</summary>
    /// <param name="id">The partition.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="topicId">The topic that its offsets are of in this assignment, where that is known.</param>
    public void Open(TopicPartition id, int generation, string? topicId = null)
    {
        lock (_gate)
        {
            if (!_posts.TryGetValue(id, out var post))
                _posts[id] = post = new Post(topicId);
            post.Generation = generation;
        }
    }

    /// <summary>The partition is not this member's any more: forgets it.</summary>
    public void Close(TopicPartition id)
    {
        lock (_gate)
            _posts.Remove(id);
    }

    /// <summary>Posts offsets that may be committed.</summary>
    public void Add(IReadOnlyList<TopicPartitionOffset> offsets, int generation)
    {
        lock (_gate)
        {
            foreach (var offset in offsets)
            {
                if (!_posts.TryGetValue(new TopicPartition(offset.Topic, offset.Partition), out var post) || post.Generation != generation)
                    continue;
                post.Offset = offset.Offset;
                post.IsNew = true;
            }
        }
    }

    /// <summary>The last offset posted for a partition in this assignment, or -1.</summary>
    public long Last(TopicPartition id)
    {
        lock (_gate)
            return _posts.TryGetValue(id, out var post) ? post.Offset : -1;
    }

    /// <summary>The same offsets, each with the topic that it is of.</summary>
    public List<TopicPartitionOffset> Identify(IReadOnlyList<TopicPartitionOffset> offsets)
    {
        lock (_gate)
            return [.. offsets.Select(o => o with { TopicId = _posts.GetValueOrDefault(new TopicPartition(o.Topic, o.Partition))?.TopicId })];
    }

    /// <summary>What was posted since the last time.</summary>
    public List<TopicPartitionOffset> Take()
    {
        var taken = new List<TopicPartitionOffset>();
        lock (_gate)
        {
            foreach (var (id, post) in _posts)
            {
                if (!post.IsNew)
                    continue;
                post.IsNew = false;
                taken.Add(post.Of(id));
            }
        }

        return taken;
    }

    /// <summary>The last that partitions have posted which leave, taken before or not: a commit in the background may have failed.</summary>
    public List<TopicPartitionOffset> TakeLast(IReadOnlyList<TopicPartition> leaving)
    {
        var taken = new List<TopicPartitionOffset>();
        lock (_gate)
        {
            foreach (var id in leaving)
            {
                if (!_posts.TryGetValue(id, out var post) || post.Offset < 0)
                    continue;
                post.IsNew = false;
                taken.Add(post.Of(id));
            }
        }

        return taken;
    }

    sealed class Post(string? topicId)
    {
        public int Generation;
        public long Offset = -1;
        public bool IsNew;

        public string? TopicId => topicId;

        public TopicPartitionOffset Of(TopicPartition id) => new(id.Topic, id.Partition, Offset) { TopicId = TopicId };
    }
}
