namespace FedOperator.OperatorCluster.Tests;

/// <summary>Waits for what must come.</summary>
internal static class Wait
{
    /// <summary>Long enough on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Until it is so; fails after <see cref="Limit"/>.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string what, Func<string>? more = null, Func<Task<string>>? state = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                Assert.Fail($"{what} did not come within {Limit.TotalSeconds} s\n{(state is null ? "" : await state())}\n{more?.Invoke()}");
            await Task.Delay(50);
        }
    }
}
