using System.Text.RegularExpressions;

namespace FedOperator.Core.Api;

/// <summary>Where the ledger lies.</summary>
internal static partial class StorageRules
{
    /// <summary>Longest name of a Kubernetes object.</summary>
    public const int LongestName = 253;

    /// <summary>Name of a Kubernetes object.</summary>
    public const string NamePattern = "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?\\z";

    /// <summary>Longest address of an account.</summary>
    public const int LongestUrl = 1024;

    /// <summary>Scheme, host and perhaps a path: no user, no query, no fragment, where credentials would be.</summary>
    public const string UrlPattern = "^https?://[^/?#@\\s]+(/[^?#@\\s]*)?\\z";

    /// <summary>The same for the API server. Its schema says it too, for old servers, but in words that help nobody.</summary>
    public static readonly IReadOnlyList<CelRule> Cel =
    [
        new(typeof(StorageSpec), "has(self.azureBlob) || has(self.volume)", "storage says nowhere to keep the ledger; give exactly one of azureBlob and volume", Reason: "FieldValueRequired"),
        new(typeof(StorageSpec), "!has(self.azureBlob) || !has(self.volume)", "storage names two places for the ledger; give exactly one of azureBlob and volume"),
    ];

    public static IEnumerable<Problem> Check(StorageSpec storage)
    {
        if (storage is { AzureBlob: null, Volume: null })
            yield return new Problem("spec.storage", null, "says nowhere to keep the ledger", "give exactly one of azureBlob and volume");
        if (storage is { AzureBlob: not null, Volume: not null })
            yield return new Problem("spec.storage", null, "names two places for the ledger", "give exactly one of azureBlob and volume");
        if (storage.AzureBlob is { } blob)
        {
            if (Address(blob.AccountUrl) is { } problem)
                yield return problem;
            if (blob.CredentialsSecret is { Length: 0 })
                yield return new Problem("spec.storage.azureBlob.credentialsSecret", "\"\"", "names no Secret", "give the Secret's name, or leave it out for the operator's workload identity");
            else if (blob.CredentialsSecret is { } secret && !IsName(secret))
                yield return new Problem("spec.storage.azureBlob.credentialsSecret", null, "is not a Kubernetes name", "give the name of the Secret, not the key itself");
        }
        if (storage.Volume is { ClaimName.Length: 0 })
            yield return new Problem("spec.storage.volume.claimName", "\"\"", "names no claim", "name the PersistentVolumeClaim");
        else if (storage.Volume is { } volume && !IsName(volume.ClaimName))
            yield return new Problem("spec.storage.volume.claimName", Scalars.Show(volume.ClaimName), "is not a Kubernetes name", "name the PersistentVolumeClaim");
    }

    private static Problem? Address(string address)
    {
        const string Field = "spec.storage.azureBlob.accountUrl";
        var isUrl = Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url!.Host.Length > 0;
        if (isUrl && (url!.Query.Length > 0 || url.UserInfo.Length > 0 || url.Fragment.Length > 0))
        {
            // What stands before the credential, and nothing of it.
            var bare = new UriBuilder(url.Scheme, url.Host, url.IsDefaultPort ? -1 : url.Port, url.AbsolutePath).Uri.ToString();
            return new Problem(Field, bare, "carries a credential after it", "give the bare address, and the key in the Secret that credentialsSecret names");
        }
        if (isUrl && address.Length <= LongestUrl && Url().IsMatch(address))
            return null;
        // What cannot be taken apart may hold a credential anywhere: a connection string, a signature.
        var shown = address.Length == 0 ? "\"\"" : address.AsSpan().ContainsAny("@?#;=") || address.Length > 60 ? null : address;
        return new Problem(Field, shown, "is not an address", "give https://ACCOUNT.blob.core.windows.net");
    }

    private static bool IsName(string name) => name.Length <= LongestName && Name().IsMatch(name);

    [GeneratedRegex(NamePattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(UrlPattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Url();
}
