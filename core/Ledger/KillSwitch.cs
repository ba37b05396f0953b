using System.Globalization;
using FedOperator.Core.Storage;

namespace FedOperator.Core.Ledger;

/// <summary>What a <see cref="KillSwitch"/> does at its write.</summary>
public enum KillMoment
{
    /// <summary>SIGKILL just before it.</summary>
    Before,

    /// <summary>SIGKILL once it is durable.</summary>
    After,

    /// <summary>SIGSTOP just before it: whoever sends SIGCONT wakes a process that goes on with a write that the world has left behind.</summary>
    Stop,
}

/// <summary>For crash tests: ends or stops this process at a named write. See docs/reliability.md.</summary>
/// <param name="Point">At which kind of write.</param>
/// <param name="Part">Only where the blob's name has this in it; empty: any.</param>
/// <param name="Moment">When, and what.</param>
/// <param name="Occurrence">At which write of that kind in this process, from 1.</param>
/// <param name="Marker">A file made at that moment; where it exists already the switch is off, so that the process's successor lives.</param>
public sealed record KillSwitch(WritePoint Point, string Part, KillMoment Moment, int Occurrence, string Marker)
{
    /// <summary>The environment variable that arms it: `POINT[@PART-OF-NAME]:before|after|stop:OCCURRENCE:MARKER-FILE`, several between semicolons.</summary>
    public const string Variable = "FED_KILL_AT";

    private static readonly TimeSpan s_untilStopped = TimeSpan.FromMilliseconds(50);

    private int _seen;

    /// <summary>Reads <see cref="Variable"/>'s value: one switch, or several between semicolons.</summary>
    /// <returns>Those whose marker does not exist yet.</returns>
    /// <exception cref="FormatException">It does not have that form.</exception>
    public static IReadOnlyList<KillSwitch> Parse(string? value) =>
        [.. (value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(ParseOne).Where(s => !File.Exists(s.Marker))];

    /// <summary>Does a write that makes no blob under several switches.</summary>
    /// <param name="switches">Those that are armed.</param>
    /// <param name="point">Its kind.</param>
    /// <param name="name">Of what is written.</param>
    /// <param name="write">Does it.</param>
    public static Task<T> RunAsync<T>(IReadOnlyList<KillSwitch> switches, WritePoint point, string name, Func<Task<T>> write) =>
        switches.Aggregate(write, (inner, killSwitch) => () => killSwitch.RunAsync(point, name, inner))();

    /// <summary>A store that behaves like <paramref name="store"/> until the kill.</summary>
    public IBlobStore Around(IBlobStore store) => new KillingBlobStore(store, this);

    private static KillSwitch ParseOne(string value)
    {
        if (value.Split(':', 4) is [var point, ("before" or "after" or "stop") and var when, var occurrence, var marker]
            && Enum.TryParse<WritePoint>(point.Split('@')[0], ignoreCase: true, out var parsed)
            && int.TryParse(occurrence, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return new KillSwitch(parsed, point.Contains('@', StringComparison.Ordinal) ? point[(point.IndexOf('@', StringComparison.Ordinal) + 1)..] : "", Enum.Parse<KillMoment>(when, ignoreCase: true), count, marker);
        }

        throw new FormatException($"{Variable}='{value}' is not POINT[@PART-OF-NAME]:before|after|stop:OCCURRENCE:MARKER-FILE; points are {string.Join(", ", Enum.GetNames<WritePoint>())}");
    }

    private async Task<T> RunAsync<T>(WritePoint point, string name, Func<Task<T>> write)
    {
        var here = point == Point && name.Contains(Part, StringComparison.Ordinal) && Interlocked.Increment(ref _seen) == Occurrence;
        if (here && Moment != KillMoment.After)
            Strike();
        // The signal goes to any thread of the process: this one may run on for a moment, and must not have written before the stop.
        if (here && Moment == KillMoment.Stop)
            await Task.Delay(s_untilStopped, TimeProvider.System).ConfigureAwait(false);
        var result = await write().ConfigureAwait(false);
        if (here && Moment == KillMoment.After)
            Strike();
        return result;
    }

    private Task<T> RunAsync<T>(string name, Func<Task<T>> write) => RunAsync(WritePoints.Of(name), name, write);

    private void Strike()
    {
        File.WriteAllText(Marker, $"{Point} {Moment} {Occurrence} pid {Environment.ProcessId}\n");
        if (LibC.Kill(Environment.ProcessId, Moment == KillMoment.Stop ? LibC.SIGSTOP : LibC.SIGKILL) != 0 || Moment != KillMoment.Stop)
            throw new InvalidOperationException($"the signal did not end or stop this process: error {LibC.Error}");
    }

    private sealed class KillingBlobStore(IBlobStore store, KillSwitch killSwitch) : ForwardingBlobStore(store)
    {
        public override Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            killSwitch.RunAsync(name, () => base.CreateAsync(name, content, cancellationToken));

        public override Task<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
            killSwitch.RunAsync(name, () => base.WriteAsync(name, content, ifMatch, cancellationToken));

        public override async Task<IBlobDraft> DraftAsync(CancellationToken cancellationToken) =>
            new KillingDraft(await base.DraftAsync(cancellationToken).ConfigureAwait(false), killSwitch);

        public override Task DeleteAsync(string name, CancellationToken cancellationToken) => killSwitch.RunAsync(WritePoint.Delete, name, async () =>
        {
            await base.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    private sealed class KillingDraft(IBlobDraft draft, KillSwitch killSwitch) : IBlobDraft
    {
        public Stream Content => draft.Content;

        public Task<string?> CommitAsync(string name, CancellationToken cancellationToken) => killSwitch.RunAsync(name, () => draft.CommitAsync(name, cancellationToken));

        public ValueTask DisposeAsync() => draft.DisposeAsync();
    }
}
