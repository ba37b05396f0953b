using System.Diagnostics;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>Waits for what must come.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);

    /// <summary>Until it gives something.</summary>
    /// <param name="what">For the message of a failure.</param>
    /// <param name="limit">Then the test fails.</param>
    /// <param name="look">null: not yet.</param>
    /// <param name="explain">Added to that message.</param>
    public static async Task<T> ForAsync<T>(string what, TimeSpan limit, Func<Task<T?>> look, Func<Task<string>>? explain = null)
        where T : class
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await look() is { } seen)
                return seen;
            if (Stopwatch.GetElapsedTime(since) > limit)
                Assert.Fail($"no {what} after {limit.TotalSeconds:0} s\n{(explain is null ? "" : await explain())}");
            await Task.Delay(s_look);
        }
    }

    /// <summary>Until it is so.</summary>
    public static Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> holds, Func<Task<string>>? explain = null) =>
        ForAsync(what, limit, async () => await holds() ? "" : null, explain);
}
