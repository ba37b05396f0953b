using System.Collections.Concurrent;

namespace FedOperator.Operator.Kubernetes;

/// <summary>How many events may still be told of each job: a burst at once, and then one now and again.</summary>
/// <param name="time">For the rate.</param>
internal sealed class EventBudget(TimeProvider time)
{
    /// <summary>At once.</summary>
    public const int Burst = 25;

    /// <summary>One more after that.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes one.</summary>
    /// <returns>False where none is left.</returns>
    public bool Take(string uid)
    {
        var bucket = _buckets.GetOrAdd(uid, _ => new Bucket(Burst, time.GetTimestamp()));
        lock (bucket)
        {
            var now = time.GetTimestamp();
            bucket.Left = Math.Min(Burst, bucket.Left + (time.GetElapsedTime(bucket.At, now) / Refill));
            bucket.At = now;
            if (bucket.Left < 1)
                return false;
            bucket.Left--;
            return true;
        }
    }

    /// <summary>Drops what is remembered of a job that is gone.</summary>
    public void Forget(string uid) => _buckets.TryRemove(uid, out _);

    private sealed class Bucket(double left, long at)
    {
        public double Left { get; set; } = left;

        public long At { get; set; } = at;
    }
}
