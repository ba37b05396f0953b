using System.Security.Cryptography;
using System.Text;

namespace FedOperator.Operator.Jobs;

/// <summary>Ids of jobs: they name containers, and no result depends on them.</summary>
internal static class JobId
{
    // A container's name has at most 63 characters: fj- ID -p- CLIENT (25).
    private const int LongestName = 20;

    /// <summary>The id of a job in a cluster: its uid without dashes.</summary>
    public static string Cluster(string uid) => uid.Replace("-", "", StringComparison.Ordinal);

    /// <summary>The id of a local run: the job's name without dashes, and eight digits of its hash, so that two names never meet.</summary>
    public static string Local(string name)
    {
        var letters = name.Replace("-", "", StringComparison.Ordinal);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return letters[..Math.Min(letters.Length, LongestName)] + hash[..8];
    }
}
