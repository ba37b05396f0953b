using System.Globalization;

namespace FedOperator.Core.Storage;

/// <summary>Where a process finds its next credential, when its file has none: a blob that the present one may read.</summary>
/// <param name="Container">The container.</param>
/// <param name="Blob">The blob, of a credential file's form.</param>
public sealed record CredentialRenewal(string Container, string Blob);

/// <summary>The credentials of this process, as last read. From half of their lifetime on, and after a refusal, it looks for newer ones: in its file, and then in the blob of the renewal.</summary>
/// <remarks>A version that was left for another is never taken up again: so an old file beside newer credentials does no harm.</remarks>
internal sealed class CredentialSource
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    private readonly CredentialFile _file;
    private readonly CredentialRenewal? _renewal;
    private readonly BlobStoreOptions _options;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private CredentialSet? _current;
    private long _nextLook = long.MaxValue;

    public CredentialSource(CredentialFile file, CredentialRenewal? renewal, BlobStoreOptions options) => (_file, _renewal, _options) = (file, renewal, options);

    /// <summary>When the present credentials end; null where they do not say, or none were read.</summary>
    public DateTimeOffset? Ends => Volatile.Read(ref _current)?.Ends;

    /// <summary>The URL of a container, signature included. Never for a log.</summary>
    /// <exception cref="BlobStoreException">The file is unreadable, malformed, or has no URL for the container: <see cref="BlobFault.Denied"/>.</exception>
    public Uri UrlOf(string container)
    {
        if (Volatile.Read(ref _current)?.UrlOf(container) is { } known)
            return known;
        lock (_taken)
        {
            // The file may have been completed since.
            if (_current?.UrlOf(container) is null && _file.Read() is var read && read.Fingerprint != _current?.Fingerprint)
                Take(read);
            return _current!.UrlOf(container) ?? throw new BlobStoreException(BlobFault.Denied, $"{container}: {_file.Description} has no entry for it");
        }
    }

    /// <summary>Looks for newer credentials where half of the present ones' lifetime is over; one caller looks, the others go on.</summary>
    public async ValueTask RenewIfDueAsync(CancellationToken cancellationToken)
    {
        if (_options.Time.GetUtcNow().UtcTicks < Volatile.Read(ref _nextLook) || !await _looking.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
            return;
        try
        {
            await LookAsync(refused: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Looks for other credentials after a refusal; true if the container's URL is another one now.</summary>
    public async Task<bool> RefreshAsync(string container, Uri refused, CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (UrlOf(container) == refused)
                await LookAsync(refused: true, cancellationToken).ConfigureAwait(false);
            return UrlOf(container) != refused;
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task LookAsync(bool refused, CancellationToken cancellationToken)
    {
        var now = _options.Time.GetUtcNow();
        var ends = Ends ?? now;
        if (Offer(FromFile(), refused, _file.Description))
            return;
        if (_renewal is not null && await FromRenewalAsync(_renewal, cancellationToken).ConfigureAwait(false) is { } next && Offer(next, refused, $"{_renewal.Container}/{_renewal.Blob}"))
        {
            // So that a restart finds it too.
            if (!_file.TryReplace(next.Content))
                _options.Tell($"{_file.Description} cannot be replaced: a restart after {ends.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)} needs a new one");
            return;
        }
        var pause = TimeSpan.FromTicks(Math.Clamp((ends - now).Ticks / 10, s_shortestPause.Ticks, s_longestPause.Ticks));
        Volatile.Write(ref _nextLook, (now + pause).UtcTicks);
    }

    private CredentialSet? FromFile()
    {
        try
        {
            return _file.Read();
        }
        catch (BlobStoreException)
        {
            // It is being replaced, or broken: the present credentials stay until they are refused, and then the refusal is told.
            return null;
        }
    }

    private async Task<CredentialSet?> FromRenewalAsync(CredentialRenewal renewal, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _current)?.UrlOf(renewal.Container) is not { } url)
            return null;
        try
        {
            var store = new AzureBlobStore(new AzureContainer(url, _options));
            var read = await store.ReadAsync(renewal.Blob, CredentialSet.MaximumLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
            return read.Status == BlobReadStatus.Found ? CredentialSet.Parse(read.Content.ToArray(), $"{renewal.Container}/{renewal.Blob}") : null;
        }
        catch (BlobStoreException)
        {
            return null;
        }
    }

    /// <summary>Takes a version that is new here; one that was not asked for by a refusal must last longer than the present one.</summary>
    private bool Offer(CredentialSet? set, bool refused, string from)
    {
        lock (_taken)
        {
            if (set is null || _taken.Contains(set.Fingerprint) || (!refused && !(set.Ends > _current?.Ends)))
                return false;
            Take(set);
        }
        _options.Tell($"new credentials from {from}{(set.Ends is { } ends ? ", good until " + ends.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) : "")}");
        return true;
    }

    private void Take(CredentialSet set)
    {
        var now = _options.Time.GetUtcNow();
        _taken.Add(set.Fingerprint);
        Volatile.Write(ref _current, set);
        var starts = set.Starts ?? now;
        var half = set.Ends is { } ends ? starts + ((ends - starts) / 2) : DateTimeOffset.MaxValue;
        Volatile.Write(ref _nextLook, Math.Max(half.UtcTicks, (now + s_shortestPause).UtcTicks));
    }
}
