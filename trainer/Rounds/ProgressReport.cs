using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Trainer.Rounds;

/// <summary>Keeps progress.json: a summary for whoever watches, written off the rounds' critical path.</summary>
internal sealed class ProgressReport(JobContext job)
{
    private const int KeptExclusions = 20;

    private readonly List<RoundExclusion> _exclusions = [];
    private ProgressDocument _progress = new() { State = JobState.Running, Target = job.Plan.Rounds, Admitted = new Dictionary<string, int>(StringComparer.Ordinal) };
    private Task _writing = Task.CompletedTask;
    private volatile bool _unwritten;

    /// <summary>Takes in what a closed round says.</summary>
    public void Closed(ClosedDocument closed, CutDocument? cut)
    {
        if (cut is not null)
        {
            _exclusions.InsertRange(0, cut.Excluded.Select(e => new RoundExclusion(cut.Round, e)));
            if (_exclusions.Count > KeptExclusions)
                _exclusions.RemoveRange(KeptExclusions, _exclusions.Count - KeptExclusions);
        }

        _progress = _progress with
        {
            Closed = closed.Round,
            Evaluation = closed.Metrics.Evaluation ?? _progress.Evaluation,
            ClientAccuracy = closed.Metrics.ClientAccuracy() ?? _progress.ClientAccuracy,
            EvaluatedRound = closed.Metrics.Evaluation is null ? _progress.EvaluatedRound : closed.Round.Evaluates,
            Best = closed.Best ?? _progress.Best,
            // Of training: precise statistics come layer by layer, and the last layer's drift is not the model's.
            Drift = (closed.Round.IsPopulation ? null : closed.Metrics.LargestDrift()) ?? _progress.Drift,
            FarOff = closed.Metrics.FarOff ?? _progress.FarOff,
            Training = closed.Metrics.Training ?? _progress.Training,
            LastRoundSeconds = closed.Metrics.Seconds,
            Exclusions = [.. _exclusions],
            Admitted = closed.Clients.Where(c => c.Admitted is not null).ToDictionary(c => c.Name, c => c.Admitted!.Value, StringComparer.Ordinal),
            Checkpoint = closed.Checkpoint,
            Result = closed.Result ?? _progress.Result,
        };
    }

    /// <summary>Says what the job is doing, in the background: a write under way is finished first, and nothing waits for it.</summary>
    public void Say(JobState state, RoundKey? round, int target, IReadOnlyList<string> waitingFor, string? message)
    {
        _progress = _progress with { State = state, Round = round, Target = target, WaitingFor = waitingFor, Message = message };
        _unwritten = true;
        if (_writing.IsCompleted)
            _writing = Task.Run(WriteWhileNewAsync);
    }

    /// <summary>Writes the newest summary and waits for it: at the end of the process.</summary>
    public async Task FlushAsync()
    {
        await _writing.ConfigureAwait(false);
        await WriteAsync().ConfigureAwait(false);
    }

    private async Task WriteWhileNewAsync()
    {
        while (_unwritten)
        {
            _unwritten = false;
            try
            {
                await WriteAsync().ConfigureAwait(false);
            }
            catch (BlobStoreException)
            {
                // A summary is never the truth: the next one will do.
            }
        }
    }

    private Task WriteAsync() => job.Ledger.Global.WriteAsync(
        LedgerPaths.Progress, LedgerJson.Write(_progress, LedgerJson.Default.ProgressDocument), ifMatch: null, CancellationToken.None);
}
