using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Trainer.Rounds;

/// <summary>While a client works on a round: writes its step counters every few seconds, and cancels the work once the round was cut without it.</summary>
internal sealed class Heartbeats : IAsyncDisposable
{
    private readonly JobContext _job;
    private readonly string _client;
    private readonly RoundKey _round;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _cut;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _beating;
    private int _step;
    private int _steps;

    public Heartbeats(JobContext job, string client, RoundKey round, TimeSpan interval, CancellationToken cancellationToken)
    {
        (_job, _client, _round, _interval) = (job, client, round, interval);
        _cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _beating = BeatAsync(_done.Token);
    }

    /// <summary>Cancelled once the round is cut, or the process is to stop.</summary>
    public CancellationToken RoundIsCut => _cut.Token;

    /// <summary>Tells how far the work is.</summary>
    public void Step(int step, int steps) => (_step, _steps) = (step, steps);

    /// <summary>Ends the heartbeats of this round.</summary>
    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        _cut.Dispose();
        _done.Dispose();
    }

    private async Task BeatAsync(long beat, CancellationToken done)
    {
        try
        {
            var document = new HeartbeatDocument(_round, _step, _steps, beat);
            await _job.Ledger.Exchange(_client).WriteAsync(LedgerPaths.Heartbeat, LedgerJson.Write(document, LedgerJson.Default.HeartbeatDocument), ifMatch: null, done).ConfigureAwait(false);
            if (await _job.Ledger.Global.StatAsync(LedgerPaths.Cut(_round), done).ConfigureAwait(false) is not null)
                await _cut.CancelAsync().ConfigureAwait(false);
        }
        catch (BlobStoreException)
        {
            // A heartbeat decides nothing: the work goes on, and meets the store's trouble itself if it lasts.
        }
    }

    private async Task BeatAsync(CancellationToken done)
    {
        try
        {
            for (var beat = 1L; ; beat++)
            {
                await Task.Delay(_interval, _job.Time, done).ConfigureAwait(false);
                await BeatAsync(beat, done).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The round's work is done: the ordinary end of a heartbeat.
        }
    }
}
