"""What an administrator does about policies: write their versions, see who has agreed, and prove it of one person."""
