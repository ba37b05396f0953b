namespace FedOperator.OperatorCluster.Tests;

/// <summary>An operator that dies at given writes, and is started again each time, as its Deployment would.</summary>
/// <param name="start">Starts one that dies there.</param>
/// <param name="folder">Where it notes that it died.</param>
internal sealed class MortalOperator(Func<string?, OperatorProcess> start, string folder) : IAsyncDisposable
{
    private OperatorProcess? _now;
    private string _before = "";
    private int _stage;

    /// <summary>What all of them logged.</summary>
    public string Log => _before + _now?.Log;

    /// <summary>One that is not to die yet.</summary>
    public Task StartAsync()
    {
        _now = start(null);
        return Task.CompletedTask;
    }

    /// <summary>Lets something happen, and the operator die at each of these writes that it then makes, until all is as it should be.</summary>
    /// <param name="points">`POINT[@PART-OF-NAME]:OCCURRENCE`.</param>
    /// <param name="when">`before` or `after`.</param>
    /// <param name="happen">What happens.</param>
    /// <param name="isHealed">How it should be.</param>
    public async Task LiveThroughAsync(string[] points, string when, Func<Task> happen, Func<Task<bool>> isHealed)
    {
        _stage++;
        var markers = points.ToDictionary(p => p, p => Path.Join(folder, $"stage-{_stage}-{p.Replace(':', '-')}"), StringComparer.Ordinal);
        var killAt = string.Join(';', points.Select(p => $"{p.Split(':')[0]}:{when}:{p.Split(':')[1]}:{markers[p]}"));
        if (_now is not null)
            await _now.KillAsync();
        Next(killAt);
        await _now!.ReadyAsync();
        await happen();
        var deaths = 0;
        await Wait.UntilAsync(async () =>
        {
            if (_now.HasEnded)
            {
                Assert.Equal(137, await _now.EndedAsync());
                deaths++;
                Next(killAt);
            }
            return deaths == points.Length && await isHealed();
        }, $"stage {_stage}", () => $"{deaths} deaths, not hit: {string.Join(", ", markers.Where(m => !File.Exists(m.Value)).Select(m => m.Key))}\n{Log}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_now is not null)
            await _now.DisposeAsync();
    }

    private void Next(string? killAt)
    {
        _before += _now?.Log;
        _now = start(killAt);
    }
}
