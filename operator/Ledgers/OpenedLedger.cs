using System.Security.Cryptography;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>What is kept of one job between two passes. Passes of one job do not overlap; where they did, one would read again what the other has read.</summary>
internal sealed class OpenedLedger
{
    private volatile LedgerLogin? _login;
    private volatile LedgerMemory _memory = new();
    private volatile GlobalContainer? _global;

    /// <summary>How its store was opened; null: it was not.</summary>
    public LedgerLogin? Login
    {
        get => _login;
        set => _login = value;
    }

    /// <summary>What was read.</summary>
    public LedgerMemory Memory
    {
        get => _memory;
        set => _memory = value;
    }

    /// <summary>For the planner.</summary>
    /// <param name="trouble">Why it could not be read, if it could not.</param>
    public ObservedLedger Observed(LedgerTrouble? trouble) => _memory.Observed(trouble) with { SigningKey = _login?.Key };

    /// <summary>The job's global container; null for a folder that is not there.</summary>
    public IBlobStore? Global(BlobStores stores, string name)
    {
        if (_global is { } known && ReferenceEquals(known.Stores, stores))
            return known.Store;
        if (!stores.MayExist(name))
            return null;
        var opened = new GlobalContainer(stores, stores.Container(name));
        _global = opened;
        return opened.Store;
    }

    private sealed record GlobalContainer(BlobStores Stores, IBlobStore Store);
}

/// <summary>A job's storage, opened with the operator's own access.</summary>
/// <param name="Storage">For what it was opened.</param>
/// <param name="Stores">The whole account, or the claim.</param>
/// <param name="Key">Tells the account's key from another one (<see cref="NameOf"/>); null where none was used.</param>
internal sealed record LedgerLogin(StorageSpec Storage, BlobStores Stores, string? Key)
{
    private const int DigitsOfName = 16;

    /// <summary>A name for a key: the first digits of its SHA-256. Enough to tell two apart, and nothing to get one back from.</summary>
    public static string NameOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..DigitsOfName];
}
