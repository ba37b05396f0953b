using System.Globalization;
using System.Text.RegularExpressions;

namespace FedOperator.Core.Api;

/// <summary>What is asked of Kubernetes for pods, as far as it can be judged without an operator's settings.</summary>
internal static partial class PodRules
{
    /// <summary>Longest name of an image.</summary>
    public const int LongestImage = 1024;

    /// <summary>Any text without spaces: what is an image is for the node to say.</summary>
    public const string ImagePattern = "^\\S+\\z";

    public static IEnumerable<Problem> Check(FederatedJobSpec spec)
    {
        var pods = spec.Clients.Select((group, g) => (Field: string.Create(CultureInfo.InvariantCulture, $"spec.clients[{g}].trainer"), Pod: group.Trainer))
            .Prepend(("spec.aggregator", spec.Aggregator)).Prepend(("spec.trainer", spec.Trainer));
        foreach (var (field, pod) in pods)
        {
            if (pod?.Image is { } image && (image.Length > LongestImage || !Image().IsMatch(image)))
                yield return new Problem(field + ".image", Scalars.Show(image), "is not the name of an image", "give REGISTRY/NAME:TAG, or leave it out for the operator's default");
        }
    }

    [GeneratedRegex(ImagePattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Image();
}
