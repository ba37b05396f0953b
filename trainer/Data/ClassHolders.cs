using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>Deals classes to clients, as cards from shuffled packs, so that every class has a holder.</summary>
internal static class ClassHolders
{
    /// <summary>The classes of each client: <paramref name="held"/> different ones, or more where there are too few clients for all classes.</summary>
    /// <param name="draws">Shuffles the packs.</param>
    /// <param name="held">Classes a client, at most <paramref name="classes"/>.</param>
    /// <param name="classes">Cards in a pack.</param>
    /// <param name="clients">Number of clients.</param>
    public static SortedSet<int>[] Deal(Draws draws, int held, int classes, int clients)
    {
        var hands = new SortedSet<int>[clients];
        var deck = new List<int>();
        for (var client = 0; client < clients; client++)
        {
            hands[client] = [];
            while (hands[client].Count < held)
            {
                // The first card that this client does not hold yet; those before it stay for the next client.
                var next = deck.FindIndex(c => !hands[client].Contains(c));
                if (next < 0)
                {
                    deck.AddRange(draws.Permutation(classes));
                    continue;
                }
                hands[client].Add(deck[next]);
                deck.RemoveAt(next);
            }
        }
        // Only where there are fewer cards in all hands than classes, because the first pack is dealt before the second; nobody then holds what another holds, so that nothing can be swapped.
        for (var c = 0; c < classes; c++)
            if (!hands.Any(hand => hand.Contains(c)))
                hands.MinBy(hand => hand.Count)!.Add(c);
        return hands;
    }
}
